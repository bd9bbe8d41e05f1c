'use strict';
// The United States and Japan, no tax yet, one payment method, one product of 24.99 USD.

const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { bootstrap } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config } = require('./config');

const products = path.join(process.cwd(), 'products.csv');
writeFileSync(
    products,
    'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets\n' +
        'Widget,widget,A widget,,,,,W1,24.99,standard,100,false,,\n',
);
const data = {
    defaultLanguage: 'en',
    defaultZone: 'Americas',
    countries: [
        { code: 'US', name: 'United States', zone: 'Americas' },
        { code: 'JP', name: 'Japan', zone: 'Asia' },
    ],
    taxRates: [{ name: 'Standard Tax', percentage: 0 }],
    shippingMethods: [],
    paymentMethods: [{ name: 'Test', handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] } }],
    collections: [],
};
populate(() => bootstrap(config), data, products)
    .then(app => app.close())
    .then(() => process.exit(0))
    .catch(error => {
        console.error(error);
        process.exit(1);
    });

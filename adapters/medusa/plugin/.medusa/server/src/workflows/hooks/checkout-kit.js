'use strict';
// Gives the provider what Medusa leaves out of a cart when it asks for prices.

const { ContainerRegistrationKeys } = require('@medusajs/framework/utils');
const { StepResponse } = require('@medusajs/framework/workflows-sdk');
const {
    calculateShippingOptionsPricesWorkflow,
    listShippingOptionsForCartWithPricingWorkflow,
} = require('@medusajs/medusa/core-flows');
const { FIELDS, factsOf } = require('../../../../../cart');

async function addFacts({ input }, { container }) {
    const query = container.resolve(ContainerRegistrationKeys.QUERY);
    const { data } = await query.graph({ entity: 'cart', fields: FIELDS, filters: { id: input.cart_id } });
    return new StepResponse({ checkout_kit: factsOf(data[0] || {}) });
}

for (const workflow of [calculateShippingOptionsPricesWorkflow, listShippingOptionsForCartWithPricingWorkflow]) {
    workflow.hooks.setCalculatedShippingPricingContext(addFacts);
}

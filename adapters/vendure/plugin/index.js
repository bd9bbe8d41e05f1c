'use strict';
// One Vendure shipping method is one option: give it our checker and our calculator, both with the option's id.

const {
    LanguageCode,
    Logger,
    Order,
    PluginCommonModule,
    ShippingCalculator,
    ShippingEligibilityChecker,
    TransactionalConnection,
    VendurePlugin,
} = require('@vendure/core');
const { Client } = require('checkout-kit-companion');

const CODE = 'checkout-kit';
const text = value => [{ languageCode: LanguageCode.en, value }];
const optionArg = {
    type: 'string',
    label: text('Option'),
    description: text('The id of the method in the shipping policy'),
};

function formOf(order, options) {
    const to = order.shippingAddress || {};
    return {
        currency: order.currencyCode,
        prices_include_tax: false,
        codes: order.couponCodes || [],
        customer: { id: order.customer ? String(order.customer.id) : '', groups: [] },
        destination: {
            country: to.countryCode || options.country || '',
            region: to.province || '',
            postal_code: to.postalCode || '',
            city: to.city || '',
        },
        items: (order.lines || [])
            .filter(line => line.quantity > 0)
            .map(line => ({
                id: String(line.id),
                sku: line.productVariant.sku,
                quantity: line.quantity,
                unit_price: line.unitPrice,
                // What discounts take off the whole line; prorated over its units by Vendure.
                discount: Math.max(0, (line.unitPrice - line.proratedUnitPrice) * line.quantity),
                weight: options.weight ? options.weight(line.productVariant) : null,
            })),
    };
}

function makeParts(options) {
    const client = new Client({ ...options, log: { warn: message => Logger.warn(message, CODE) } });
    const ask = async order => {
        const form = formOf(order, options);
        if (!form.items.length || !form.destination.country) return null;
        return client.ask(form);
    };
    const offered = async (order, id) => {
        const answer = await ask(order);
        return answer && (answer.options.find(option => option.id === id) || false);
    };

    const checker = new ShippingEligibilityChecker({
        code: CODE,
        description: text('Offered by the shipping policy'),
        args: { option: optionArg },
        // Without an answer the method stays: the calculator then has the fallback price.
        check: async (ctx, order, args) => (await offered(order, args.option)) !== false,
    });

    const calculator = new ShippingCalculator({
        code: CODE,
        description: text('Priced by the shipping policy'),
        args: {
            option: optionArg,
            fallbackPrice: {
                type: 'int',
                label: text('Fallback price'),
                description: text('In minor units; charged when the service does not answer'),
            },
        },
        // Never throws, which would fail the whole listing, and never gives undefined, on which Vendure keeps
        // the old price of a method already chosen.
        calculate: async (ctx, order, args) => {
            const option = await offered(order, args.option);
            const common = { priceIncludesTax: ctx.channel.pricesIncludeTax, taxRate: options.taxRate || 0 };
            if (!option) return { price: args.fallbackPrice, ...common, metadata: { fallback: true } };
            const { earliest, latest, ships_on, order_by } = option;
            return { price: option.price, ...common, metadata: { earliest, latest, ships_on, order_by } };
        },
    });

    let connection;
    const keepPromise = {
        init: injector => {
            connection = injector.get(TransactionalConnection);
        },
        // Metadata of a quote is not stored, so the promise is written when the order goes to payment.
        onTransitionEnd: async (fromState, toState, { ctx, order }) => {
            if (toState !== 'ArrangingPayment') return;
            const chosen = await connection.getRepository(ctx, Order).findOne({
                where: { id: order.id },
                relations: ['shippingLines', 'shippingLines.shippingMethod', 'lines', 'lines.productVariant'],
            });
            const method = chosen.shippingLines.map(line => line.shippingMethod).find(m => m && m.calculator.code === CODE);
            if (!method) return;
            const id = method.calculator.args.find(arg => arg.name === 'option').value;
            const option = await offered(order, id);
            // Vendure saves this very object once more after the transition, so a write of our own would be lost.
            order.customFields = {
                ...order.customFields,
                checkoutKitOption: id,
                checkoutKitPromisedOn: (option && option.latest) || null,
                checkoutKitPromise: option && option.latest ? JSON.stringify(option) : null,
            };
        },
    };
    return { checker, calculator, keepPromise };
}

class CheckoutKitPlugin {
    // options: serviceUrl, shop, secret; timeoutMs, taxRate (percent), country (assumed without an address),
    // weight: variant => ({value, unit}).
    static init(options) {
        const { checker, calculator, keepPromise } = makeParts(options);
        VendurePlugin({
            imports: [PluginCommonModule],
            compatibility: '^3.0.0',
            configuration: config => {
                config.shippingOptions.shippingEligibilityCheckers.push(checker);
                config.shippingOptions.shippingCalculators.push(calculator);
                config.orderOptions.process = [...config.orderOptions.process, keepPromise];
                config.customFields.Order.push(
                    { name: 'checkoutKitOption', type: 'string', nullable: true, readonly: false },
                    { name: 'checkoutKitPromisedOn', type: 'string', nullable: true, readonly: false },
                    { name: 'checkoutKitPromise', type: 'text', nullable: true, readonly: false },
                );
                return config;
            },
        })(CheckoutKitPlugin);
        return CheckoutKitPlugin;
    }
}

module.exports = { CheckoutKitPlugin };

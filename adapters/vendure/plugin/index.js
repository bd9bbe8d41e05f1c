'use strict';
// One Vendure shipping method is one option: give it our checker and our calculator, both with the option's id.

const {
    CustomerService,
    LanguageCode,
    Logger,
    Order,
    PluginCommonModule,
    RequestContextCacheService,
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

function fallbackOf({ fallbackPrice, fallbackPrices }, currency) {
    const stated = new RegExp(`\\b${currency} +(\\d+)`).exec(fallbackPrices || '');
    return stated ? Number(stated[1]) : fallbackPrice;
}

function formOf(ctx, order, customer, options) {
    const to = order.shippingAddress || {};
    const isGross = ctx.channel.pricesIncludeTax;
    return {
        currency: order.currencyCode,
        channel: ctx.channel.code,
        prices_include_tax: isGross,
        codes: order.couponCodes || [],
        customer,
        destination: {
            country: to.countryCode || options.country || '',
            region: to.province || '',
            postal_code: to.postalCode || '',
            city: to.city || '',
        },
        items: (order.lines || [])
            .filter(line => line.quantity > 0)
            .map(line => {
                const price = isGross ? line.unitPriceWithTax : line.unitPrice;
                const paid = isGross ? line.proratedUnitPriceWithTax : line.proratedUnitPrice;
                return {
                    id: String(line.id),
                    sku: line.productVariant.sku,
                    quantity: line.quantity,
                    unit_price: price,
                    // What discounts take off the whole line; prorated over its units by Vendure.
                    discount: Math.max(0, (price - paid) * line.quantity),
                    weight: options.weight ? options.weight(line.productVariant) : null,
                    ...(options.goods ? options.goods(line.productVariant) : {}),
                };
            }),
    };
}

function makeParts(options) {
    const client = new Client({ ...options, log: { warn: message => Logger.warn(message, CODE) } });
    let customers, connection, perRequest;
    const init = injector => {
        customers = injector.get(CustomerService);
        connection = injector.get(TransactionalConnection);
        perRequest = injector.get(RequestContextCacheService);
    };

    // A guest may type anybody's e-mail address, so in the shop only who is signed in has groups.
    const customerOf = async (ctx, order) => {
        const isShop = ctx.apiType === 'shop';
        const found = isShop ? ctx.activeUserId && (await customers.findOneByUserId(ctx, ctx.activeUserId)) : order.customer;
        if (!found) return { id: '', groups: [] };
        const groups = await customers.getCustomerGroups(ctx, found.id);
        return { id: String(found.id), groups: groups.map(group => group.name).sort() };
    };

    // The option, false when it is not offered, or null when nobody can say.
    const offered = async (ctx, order, id) => {
        const customer = await perRequest.get(ctx, `${CODE} customer ${order.id}`, () => customerOf(ctx, order));
        const form = formOf(ctx, order, customer, options);
        if (!form.items.length || !form.destination.country) return null;
        const answer = await client.ask(form);
        return answer && (answer.options.find(option => option.id === id) || false);
    };

    const checker = new ShippingEligibilityChecker({
        code: CODE,
        description: text('Offered by the shipping policy'),
        args: { option: optionArg },
        init,
        // Without an answer the method stays: the calculator then has the fallback price.
        check: async (ctx, order, args) => (await offered(ctx, order, args.option)) !== false,
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
            fallbackPrices: {
                type: 'string',
                required: false,
                defaultValue: '',
                label: text('Fallback prices in other currencies'),
                description: text('Such as "EUR 650, JPY 100000"'),
            },
        },
        init,
        // Never throws, which would fail the whole listing, and never gives undefined, on which Vendure keeps
        // the old price of a method already chosen.
        calculate: async (ctx, order, args) => {
            const option = await offered(ctx, order, args.option);
            const common = { priceIncludesTax: ctx.channel.pricesIncludeTax, taxRate: options.taxRate || 0 };
            if (!option) return { price: fallbackOf(args, order.currencyCode), ...common, metadata: { fallback: true } };
            if (option.tax > 0) {
                // The policy states the tax, so its price is gross whatever the channel's are.
                const percent = Math.round((option.tax / (option.price - option.tax)) * 10_000) / 100;
                Object.assign(common, { priceIncludesTax: true, taxRate: percent });
            }
            const { earliest, latest, ships_on, order_by } = option;
            return { price: option.price, ...common, metadata: { earliest, latest, ships_on, order_by } };
        },
    });

    // The order as the calculator saw it, and the ids of our options on it.
    const chosenOf = async (ctx, { id }) => {
        const order = await connection.getRepository(ctx, Order).findOne({
            where: { id },
            relations: ['customer', 'shippingLines', 'shippingLines.shippingMethod', 'lines', 'lines.productVariant'],
        });
        const methods = order.shippingLines.map(line => line.shippingMethod);
        const ours = methods.filter(method => method && method.calculator.code === CODE);
        return { order, ids: ours.map(method => method.calculator.args.find(arg => arg.name === 'option').value) };
    };

    const keepPromise = {
        init,
        // Vendure asks again at each change of the order, but not when it is paid later without one.
        onTransitionStart: async (fromState, toState, { ctx, order }) => {
            if (toState !== 'ArrangingPayment') return;
            const { order: chosen, ids } = await chosenOf(ctx, order);
            for (const id of ids) {
                if ((await offered(ctx, chosen, id)) === false) return 'The chosen delivery is not offered any more';
            }
        },
        // Metadata of a quote is not stored, so the promise is written when the order goes to payment, and once more
        // when it is paid: a cut-off may lie between.
        onTransitionEnd: async (fromState, toState, { ctx, order }) => {
            const isPaid = fromState === 'ArrangingPayment' && toState.startsWith('Payment');
            if (toState !== 'ArrangingPayment' && !isPaid) return;
            const { order: chosen, ids } = await chosenOf(ctx, order);
            if (!ids.length) return;
            const options = await Promise.all(ids.map(id => offered(ctx, chosen, id)));
            // With several parcels the order is there when the last one is.
            const dated = options.filter(option => option && option.latest);
            const last = dated.sort((one, other) => other.latest.localeCompare(one.latest))[0];
            if (isPaid && !last) return;
            // Vendure saves this very object once more after the transition, so a write of our own would be lost.
            order.customFields = {
                ...order.customFields,
                checkoutKitOption: last ? last.id : ids[0],
                checkoutKitPromisedOn: last ? last.latest : null,
                checkoutKitPromise: last ? JSON.stringify(last) : null,
            };
        },
    };
    return { checker, calculator, keepPromise };
}

// Everybody may read a promise; the shop API, where shoppers write, may not write it.
const field = (name, type) => ({
    name,
    type,
    nullable: true,
    validate: (value, injector, ctx) =>
        ctx && ctx.apiType === 'shop' ? text('Only the shop itself writes this field') : undefined,
});

class CheckoutKitPlugin {
    // options: serviceUrl, shop, secret; timeoutMs, taxRate (percent), country (assumed without an address),
    // weight: variant => ({value, unit}), goods: variant => ({shipping_class, dimensions, is_gift_card, attributes}).
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
                    field('checkoutKitOption', 'string'),
                    field('checkoutKitPromisedOn', 'string'),
                    field('checkoutKitPromise', 'text'),
                );
                return config;
            },
        })(CheckoutKitPlugin);
        return CheckoutKitPlugin;
    }
}

module.exports = { CheckoutKitPlugin };

'use strict';
// One Medusa shipping option is one option of the policy: its data is {id: '<the option>'}.

const { AbstractFulfillmentProviderService, MedusaError, Modules, ModuleProvider } = require('@medusajs/framework/utils');
const { Client } = require('checkout-kit-companion');

function formOf(context) {
    const to = context.shipping_address || {};
    const country = (to.country_code || '').toUpperCase();
    // A province is written as 'NY' or, by ISO 3166-2, as 'us-ny'.
    const region = (to.province || '').toUpperCase().replace(new RegExp(`^${country}-`), '');
    return {
        currency: (context.currency_code || '').toUpperCase(),
        destination: { country, region, postal_code: to.postal_code || '', city: to.city || '' },
        items: (context.items || []).map(item => ({
            id: String(item.id),
            sku: item.variant_sku || '',
            quantity: Number(item.quantity),
            unit_price: String(item.unit_price),
            discount: String(item.discount_total || 0),
            weight: item.variant && item.variant.weight ? { value: String(item.variant.weight), unit: 'g' } : null,
            requires_shipping: item.requires_shipping !== false,
        })),
    };
}

class CheckoutKitProvider extends AbstractFulfillmentProviderService {
    static identifier = 'checkout-kit';

    // options: serviceUrl, shop, secret, timeoutMs; methods: [{id, name, fallbackPrice}] in major units.
    constructor({ logger }, options) {
        super();
        this.methods = new Map(options.methods.map(method => [method.id, method]));
        for (const method of options.methods) {
            if (!(method.fallbackPrice >= 0)) throw new Error(`checkout-kit: method ${method.id} has no fallbackPrice`);
        }
        this.client = new Client({ ...options, log: { warn: message => logger.warn(message) } });
    }

    async getFulfillmentOptions() {
        return [...this.methods.values()].map(({ id, name }) => ({ id, name }));
    }

    async validateOption(data) {
        return this.methods.has(data.id);
    }

    async canCalculate(data) {
        return this.methods.has((data.data || data).id);
    }

    // The option, false when it is not offered, or null when nobody can say.
    async offered(id, context) {
        const form = formOf(context);
        if (!form.items.length || !form.destination.country) return null;
        const answer = await this.client.ask(form);
        return answer && (answer.options.find(option => option.id === id) || false);
    }

    // Medusa knows no "not offered" here: whatever is thrown fails the cart from then on. So a price is always
    // given, and an option that is not offered is refused when it is chosen.
    async calculatePrice(optionData, data, context) {
        const option = await this.offered(optionData.id, context);
        const priced = { is_calculated_price_tax_inclusive: false };
        if (!option) {
            const amount = this.methods.get(optionData.id).fallbackPrice;
            return { ...priced, calculated_amount: amount, is_offered: option === null, is_fallback: true };
        }
        const { earliest, latest, ships_on, order_by } = option;
        return { ...priced, calculated_amount: Number(option.price), is_offered: true, earliest, latest, ships_on, order_by };
    }

    // What this returns is kept on the cart's shipping method and stays on the order.
    async validateFulfillmentData(optionData, data, context) {
        const option = await this.offered(optionData.id, context);
        if (option === false) {
            throw new MedusaError(MedusaError.Types.NOT_ALLOWED, 'This delivery option is not offered to this address.');
        }
        const kept = { ...data, option_id: optionData.id };
        if (!option) return kept;
        const { earliest, latest, ships_on, order_by } = option;
        return { ...kept, earliest, latest, ships_on, order_by };
    }

    async createFulfillment(data) {
        return { data: { ...data }, labels: [] };
    }

    async cancelFulfillment() {
        return {};
    }

    async createReturnFulfillment() {
        return { data: {}, labels: [] };
    }
}

module.exports.default = ModuleProvider(Modules.FULFILLMENT, { services: [CheckoutKitProvider] });

'use strict';
// One Medusa shipping option is one option of the policy: its data is {id: '<the option>'}.

const { AbstractFulfillmentProviderService, MedusaError, Modules, ModuleProvider } = require('@medusajs/framework/utils');
const { Client } = require('checkout-kit-companion');
const { formOf } = require('./cart');

const promiseOf = ({ earliest, latest, ships_on, order_by }) => ({ earliest, latest, ships_on, order_by });

class CheckoutKitProvider extends AbstractFulfillmentProviderService {
    static identifier = 'checkout-kit';
    static running = [];

    // options: serviceUrl, shop, secret, timeoutMs; methods: [{id, name, fallbackPrice}], the price in major units, of
    // each currency where there are several: {usd: 7, jpy: 1000}; pricesIncludeTax when a policy without tax means gross;
    // sizeUnit ('cm') of the variants' length, width and height.
    constructor({ logger }, options) {
        super();
        this.methods = new Map(options.methods.map(method => [method.id, method]));
        for (const { id, fallbackPrice } of options.methods) {
            const prices = typeof fallbackPrice === 'object' ? Object.values(fallbackPrice || {}) : [fallbackPrice];
            if (!prices.length || !prices.every(price => price >= 0)) {
                throw new Error(`checkout-kit: method ${id} has no fallbackPrice`);
            }
        }
        this.sizeUnit = options.sizeUnit;
        this.isGross = options.pricesIncludeTax === true;
        this.client = new Client({ ...options, log: { warn: message => logger.warn(message) } });
        this.priced = new Map();
        CheckoutKitProvider.running.push(this);
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
        const form = formOf(context, this.sizeUnit);
        if (!form.currency || !form.items.length || !form.destination.country) return null;
        const answer = await this.client.ask(form);
        return answer && (answer.options.find(option => option.id === id) || false);
    }

    // For a change of an order Medusa names no currency: then it is the first.
    fallbackPrice(id, currency) {
        const price = this.methods.get(id)?.fallbackPrice;
        if (typeof price !== 'object') return price;
        return currency ? price[currency.toLowerCase()] : Object.values(price)[0];
    }

    // Whatever is thrown here fails the cart from then on, so a price is given even for what is not offered; that is
    // refused when it is chosen. Chosen before and not offered any more, it gets none, on which Medusa takes it off
    // the cart and asks for another choice before the order.
    async calculatePrice(optionData, data, context) {
        const { id } = optionData;
        const option = await this.offered(id, context);
        if (context.id) this.remember(`${context.id} ${id}`, option);
        if (option) {
            return {
                calculated_amount: Number(option.price),
                is_calculated_price_tax_inclusive: this.isGross || Number(option.tax) > 0,
                is_offered: true,
                ...promiseOf(option),
            };
        }
        const isLost = option === false && data?.option_id === id;
        return {
            calculated_amount: isLost ? undefined : this.fallbackPrice(id, context.currency_code),
            is_calculated_price_tax_inclusive: this.isGross,
            // Nothing in the cart is of this option's shipping profile: there is nothing to offer it for.
            is_offered: option === null && context.items?.length > 0,
            is_fallback: true,
        };
    }

    remember(key, option) {
        this.priced.delete(key);
        this.priced.set(key, option);
        if (this.priced.size > 1000) this.priced.delete(this.priced.keys().next().value);
    }

    // What this returns is kept on the cart's shipping method and stays on the order. Medusa has asked for the price
    // just before, then with the items of the option's shipping profile alone and now with all: the former counts.
    async validateFulfillmentData(optionData, data, context) {
        const { id } = optionData;
        const key = `${context.id} ${id}`;
        const option = this.priced.has(key) ? this.priced.get(key) : await this.offered(id, context);
        if (option === false) {
            throw new MedusaError(MedusaError.Types.NOT_ALLOWED, 'This delivery option is not offered to this address.');
        }
        // The shopper sends the data, so nothing in it may pass for a promise.
        return { ...data, option_id: id, ...promiseOf(option || {}) };
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
module.exports.CheckoutKitProvider = CheckoutKitProvider;
module.exports.promiseOf = promiseOf;

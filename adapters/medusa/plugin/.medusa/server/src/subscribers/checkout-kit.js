'use strict';
// A method's data is from when it was chosen, and Medusa never renews it: the address, the cart or the hour may be
// others by now. So the order is given the promise of the moment it was placed.

const { ContainerRegistrationKeys, Modules } = require('@medusajs/framework/utils');
const { CheckoutKitProvider, promiseOf } = require('../../../..');
const { FIELDS, factsOf } = require('../../../../cart');

const ORDER_FIELDS = [
    ...FIELDS,
    'id',
    'currency_code',
    'metadata',
    'items.*',
    'items.variant.weight',
    'items.variant.length',
    'items.variant.width',
    'items.variant.height',
    'items.variant.product.weight',
    'items.variant.product.shipping_profile.id',
    'shipping_address.*',
    'shipping_methods.name',
    'shipping_methods.data',
    'shipping_methods.shipping_option.shipping_profile_id',
];

async function keepPromise({ event, container }) {
    const query = container.resolve(ContainerRegistrationKeys.QUERY);
    const { data } = await query.graph({ entity: 'order', fields: ORDER_FIELDS, filters: { id: event.data.id } });
    const order = data[0];
    const promises = [];
    for (const method of order.shipping_methods || []) {
        const id = method.data?.option_id;
        const provider = CheckoutKitProvider.running.find(one => one.methods.has(id));
        if (!provider) continue;
        const profile = method.shipping_option?.shipping_profile_id;
        const items = order.items.filter(item => !profile || item.variant?.product?.shipping_profile?.id === profile);
        const option = await provider.offered(id, { ...order, items, checkout_kit: factsOf(order) });
        // While nobody can say, what was said when it was chosen still stands.
        const promised = option === null ? method.data : option;
        if (promised && promised.latest) promises.push({ option_id: id, title: method.name, ...promiseOf(promised) });
    }
    if (!promises.length) return;
    // With several parcels the order is there when the last one is.
    const last = promises.reduce((one, other) => (other.latest > one.latest ? other : one));
    const orders = container.resolve(Modules.ORDER);
    // A cart's metadata come along to its order and are the shopper's to write, the order's id is not.
    const checkout_kit = { ...last, order_id: order.id };
    await orders.updateOrders(order.id, { metadata: { ...order.metadata, checkout_kit } });
}

module.exports.default = keepPromise;
module.exports.config = { event: 'order.placed' };

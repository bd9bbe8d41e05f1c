'use strict';
// A cart of Medusa as the form that the service is asked with.

const FIELDS = [
    'sales_channel.name',
    'customer.id',
    'customer.has_account',
    'customer.groups.name',
    'promotions.code',
    'item_total',
    'items.id',
    'items.is_tax_inclusive',
    'items.discount_total',
    'items.discount_subtotal',
];

// Medusa asks for prices in two workflows, and gives neither the customer, the promotions and, in one, the
// discounts. So all of that is read here for both: the price shown is then the price charged.
function factsOf(cart) {
    const items = cart.items || [];
    // A guest may type anybody's e-mail address, so only who has an account has groups.
    const customer = (cart.customer?.has_account && cart.customer) || {};
    return {
        channel: cart.sales_channel?.name || '',
        codes: (cart.promotions || []).map(promotion => promotion?.code).filter(Boolean),
        customer: {
            id: customer.id || '',
            groups: (customer.groups || []).map(group => group.name).sort(),
        },
        discounts: Object.fromEntries(items.map(item => [item.id, discountOf(item)])),
    };
}

function discountOf(item) {
    return Number((item.is_tax_inclusive ? item.discount_total : item.discount_subtotal) || 0);
}

function weightOf(item) {
    const weight = item.variant?.weight || item.variant?.product?.weight || item.product?.weight;
    return weight ? { value: String(weight), unit: 'g' } : null;
}

function sizeOf({ variant }, unit) {
    if (!unit || !variant?.length || !variant.width || !variant.height) return null;
    return { length: String(variant.length), width: String(variant.width), height: String(variant.height), unit };
}

// `context` is a cart or an order with its items; `context.checkout_kit` what `factsOf` gave. Medusa writes sizes
// without a unit, so they are sent only where the shop says which it means.
function formOf(context, sizeUnit) {
    const to = context.shipping_address || {};
    const country = (to.country_code || '').toUpperCase();
    // A province is written as 'NY' or, by ISO 3166-2, as 'us-ny'.
    const region = (to.province || '').toUpperCase().replace(new RegExp(`^${country}-`), '');
    const items = context.items || [];
    const { discounts, ...facts } = context.checkout_kit || { discounts: {} };
    return {
        ...facts,
        currency: (context.currency_code || '').toUpperCase(),
        prices_include_tax: items.length > 0 && items.every(item => item.is_tax_inclusive),
        destination: { country, region, postal_code: to.postal_code || '', city: to.city || '' },
        items: items.map(item => ({
            id: String(item.id),
            sku: item.variant_sku || '',
            quantity: Number(item.quantity),
            unit_price: String(item.unit_price),
            discount: String(discounts[item.id] ?? discountOf(item)),
            weight: weightOf(item),
            dimensions: sizeOf(item, sizeUnit),
            is_gift_card: item.is_giftcard === true,
            requires_shipping: item.requires_shipping !== false,
        })),
    };
}

module.exports = { FIELDS, factsOf, formOf };

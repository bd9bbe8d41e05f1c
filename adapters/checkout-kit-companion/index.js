'use strict';
// Asks the service once for a cart, however many shipping methods want to know, and never throws.

const { createHmac } = require('node:crypto');

const CART_REFUSED = new Set([400, 413]);

class Client {
    constructor({ serviceUrl, shop, secret, timeoutMs = 2000, pauseMs = 10000, log = console }) {
        if (!serviceUrl || !shop || !secret) {
            throw new Error('checkout-kit: serviceUrl, shop and secret must be set');
        }
        Object.assign(this, { serviceUrl, shop, secret, timeoutMs, pauseMs, log });
        this.answers = new Map();
        this.silentUntil = 0;
    }

    // {outcome: 'options' | 'none', options: [...]}, or null when the service cannot say.
    ask(form) {
        const body = JSON.stringify({ shop: this.shop, ...form });
        const now = Date.now();
        const kept = this.answers.get(body);
        if (kept && kept.until > now) return kept.answer;
        if (now < this.silentUntil) return Promise.resolve(null);
        // The promise itself is kept, so that methods asked at the same time share one call.
        const entry = { until: now + this.timeoutMs };
        entry.answer = this.fetch(body).then(
            answer => {
                entry.until = now + Math.min(300, answer.fresh_s ?? 30) * 1000;
                return answer;
            },
            error => {
                this.log.warn(`checkout-kit: no rates: ${error.message}`);
                if (CART_REFUSED.has(error.status)) {
                    // It is this cart that cannot be read; others are asked for as before.
                    entry.until = now + 30_000;
                } else {
                    this.answers.delete(body);
                    this.silentUntil = Date.now() + this.pauseMs;
                }
                return null;
            },
        );
        this.answers.set(body, entry);
        if (this.answers.size > 1000) this.answers.delete(this.answers.keys().next().value);
        return entry.answer;
    }

    async fetch(body) {
        const at = Math.floor(Date.now() / 1000);
        const signature = createHmac('sha256', this.secret).update(`${at}.${body}`).digest('hex');
        const response = await fetch(this.serviceUrl, {
            method: 'POST',
            body,
            redirect: 'error',
            headers: {
                'content-type': 'application/json',
                'x-checkout-kit-signature': `t=${at},v1=${signature}`,
            },
            signal: AbortSignal.timeout(this.timeoutMs),
        });
        if (response.status !== 200) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
        const answer = await response.json();
        if (answer.outcome !== 'options' && answer.outcome !== 'none') throw new Error('no outcome');
        return { options: [], ...answer };
    }
}

module.exports = { Client };

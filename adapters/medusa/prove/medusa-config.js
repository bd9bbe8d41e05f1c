'use strict';
// A small shop; the database and the rate service are given by the environment.

const { defineConfig } = require('@medusajs/framework/utils');

module.exports = defineConfig({
    admin: { disable: true },
    projectConfig: {
        databaseUrl: process.env.DATABASE_URL,
        databaseDriverOptions: { connection: { ssl: false } },
        http: {
            storeCors: 'http://127.0.0.1',
            adminCors: 'http://127.0.0.1',
            authCors: 'http://127.0.0.1',
            jwtSecret: 'only-for-tests',
            cookieSecret: 'only-for-tests',
        },
    },
    plugins: [{ resolve: process.env.CHECKOUT_KIT_PLUGIN, options: {} }],
    modules: [
        {
            resolve: '@medusajs/medusa/fulfillment',
            options: {
                providers: [
                    {
                        resolve: process.env.CHECKOUT_KIT_PLUGIN,
                        id: 'checkout-kit',
                        options: {
                            serviceUrl: process.env.SERVICE_URL,
                            shop: 'main',
                            secret: process.env.SERVICE_SECRET,
                            timeoutMs: 4000,
                            pauseMs: 500,
                            methods: [
                                { id: 'economy', name: 'Economy', fallbackPrice: { usd: 7, jpy: 1000 } },
                                { id: 'two-day', name: 'Two working days', fallbackPrice: { usd: 12, jpy: 1800 } },
                                { id: 'trade', name: 'For the trade', fallbackPrice: { usd: 12, jpy: 1800 } },
                            ],
                        },
                    },
                ],
            },
        },
    ],
});

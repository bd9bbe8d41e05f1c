'use strict';
// A small shop on an embedded database; everything of it is in the current folder.

const path = require('node:path');
const { DefaultJobQueuePlugin, DefaultLogger, LogLevel, dummyPaymentHandler } = require('@vendure/core');
const { CheckoutKitPlugin } = require(process.env.CHECKOUT_KIT_PLUGIN);

exports.config = {
    apiOptions: { hostname: '127.0.0.1', port: Number(process.env.PORT), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
        tokenMethod: ['bearer', 'cookie'],
        superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
        cookieOptions: { secret: 'only-for-tests' },
        requireVerification: false,
    },
    dbConnectionOptions: {
        type: 'sqljs',
        autoSave: true,
        location: path.join(process.cwd(), 'shop.sqlite'),
        synchronize: process.env.FIRST_START === '1',
        logging: false,
    },
    customFields: { ProductVariant: [{ name: 'weight', type: 'int', nullable: true }] },
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    plugins: [
        DefaultJobQueuePlugin,
        CheckoutKitPlugin.init({
            serviceUrl: process.env.SERVICE_URL,
            shop: 'main',
            secret: process.env.SERVICE_SECRET,
            timeoutMs: 4000,
            pauseMs: 500,
            weight: variant => ({ value: String(variant.customFields.weight || 450), unit: 'g' }),
        }),
    ],
};

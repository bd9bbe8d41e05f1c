<?php
/**
 * Plugin Name: Checkout Kit
 * Description: Shipping options with kept delivery dates, from a checkout_kit service.
 * Version: 0.1.0
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * License: Apache-2.0
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/includes/class-checkout-kit-client.php';
require_once __DIR__ . '/includes/class-checkout-kit-package.php';

// The class of the method extends one of WooCommerce, which is loaded only when shipping is.
add_action(
	'woocommerce_shipping_init',
	static function () {
		require_once __DIR__ . '/includes/class-checkout-kit-shipping-method.php';
	}
);

add_filter(
	'woocommerce_shipping_methods',
	static function ( $methods ) {
		$methods['checkout_kit'] = 'Checkout_Kit_Shipping_Method';
		return $methods;
	}
);

// WooCommerce keeps rates for a session by a hash of the package that knows no time. Until the answer's own end
// the hash stays, after it the hash changes, so that no promise is shown after its cut-off.
add_filter(
	'woocommerce_cart_shipping_packages',
	static function ( $packages ) {
		$until = (int) get_transient( Checkout_Kit_Client::session_key() );
		foreach ( $packages as $i => $package ) {
			$packages[ $i ]['checkout_kit_until'] = $until > checkout_kit_now() ? $until : 'asked ' . checkout_kit_now();
		}
		return $packages;
	}
);

add_action(
	'before_woocommerce_init',
	static function () {
		if ( class_exists( '\Automattic\WooCommerce\Utilities\FeaturesUtil' ) ) {
			foreach ( array( 'custom_order_tables', 'cart_checkout_blocks' ) as $feature ) {
				\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( $feature, __FILE__, true );
			}
		}
	}
);

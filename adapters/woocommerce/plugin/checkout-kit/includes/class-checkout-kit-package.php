<?php
/**
 * A package of WooCommerce as the plain form that the service reads.
 */

defined( 'ABSPATH' ) || exit;

class Checkout_Kit_Package {
	/** The form; prices as the shop shows them, so that thresholds hold for what the shopper sees. */
	public static function form( array $package ) {
		$gross = WC()->cart ? (bool) WC()->cart->display_prices_including_tax() : false;
		$to    = $package['destination'] ?? array();
		$user  = (int) ( $package['user']['ID'] ?? 0 );
		$data  = $user ? get_userdata( $user ) : false;
		$items = array();
		foreach ( $package['contents'] ?? array() as $key => $line ) {
			if ( (int) $line['quantity'] > 0 ) {
				$items[] = self::item( (string) $key, $line, $gross );
			}
		}
		$form = array(
			'currency'           => get_woocommerce_currency(),
			'prices_include_tax' => $gross,
			'codes'              => array_values( $package['applied_coupons'] ?? array() ),
			'customer'           => array(
				'id'     => $user ? (string) $user : '',
				'groups' => $data ? array_values( (array) $data->roles ) : array(),
			),
			'destination'        => array(
				'country'     => (string) ( $to['country'] ?? '' ),
				'region'      => (string) ( $to['state'] ?? '' ),
				'postal_code' => (string) ( $to['postcode'] ?? '' ),
				'city'        => (string) ( $to['city'] ?? '' ),
			),
			'items'              => $items,
		);
		// A shop adds what its policy asks for and WooCommerce does not know: a channel, attributes of the goods.
		return (array) apply_filters( 'checkout_kit_form', $form, $package );
	}

	private static function item( $key, array $line, $gross ) {
		$product  = $line['data'];
		$quantity = (int) $line['quantity'];
		$decimals = wc_get_price_decimals();
		$before   = (float) $line['line_subtotal'] + ( $gross ? (float) ( $line['line_subtotal_tax'] ?? 0 ) : 0 );
		$after    = (float) $line['line_total'] + ( $gross ? (float) ( $line['line_tax'] ?? 0 ) : 0 );
		// Rounded up, and the rest given back as discount, so that the line's sum is exactly WooCommerce's.
		$scale  = 10 ** $decimals;
		$unit   = ceil( round( $before / $quantity * $scale, 4 ) ) / $scale;
		$weight = (string) $product->get_weight();
		return array(
			'id'                => $key,
			'sku'               => (string) $product->get_sku(),
			'quantity'          => $quantity,
			'unit_price'        => number_format( $unit, $decimals, '.', '' ),
			'discount'          => number_format( max( 0, $unit * $quantity - $after ), $decimals, '.', '' ),
			'weight'            => ! is_numeric( $weight ) ? null : array(
				'value' => $weight,
				'unit'  => (string) get_option( 'woocommerce_weight_unit' ),
			),
			'dimensions'        => self::box( $product ),
			'requires_shipping' => (bool) $product->needs_shipping(),
			'shipping_class'    => (string) $product->get_shipping_class(),
		);
	}

	/** The box of one unit, or null when a side is not known. */
	private static function box( $product ) {
		$box = array(
			'length' => (string) $product->get_length(),
			'width'  => (string) $product->get_width(),
			'height' => (string) $product->get_height(),
		);
		foreach ( $box as $side ) {
			if ( ! is_numeric( $side ) ) {
				return null;
			}
		}
		return $box + array( 'unit' => (string) get_option( 'woocommerce_dimension_unit' ) );
	}
}

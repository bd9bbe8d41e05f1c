<?php
/**
 * The shipping method: one instance in a zone gives all options of the policy.
 */

defined( 'ABSPATH' ) || exit;

class Checkout_Kit_Shipping_Method extends WC_Shipping_Method {
	public function __construct( $instance_id = 0 ) {
		$this->id                 = 'checkout_kit';
		$this->instance_id        = absint( $instance_id );
		$this->method_title       = 'Checkout Kit';
		$this->method_description = 'Options, prices and delivery dates of your shipping policy.';
		$this->supports           = array( 'settings', 'shipping-zones', 'instance-settings' );
		$this->form_fields        = array(
			'url'    => array( 'title' => 'Address of the service', 'type' => 'text', 'default' => '', 'description' => 'https://.../adapters/woocommerce/rates' ),
			'shop'   => array( 'title' => 'Name of this shop', 'type' => 'text', 'default' => 'main' ),
			'secret' => array( 'title' => 'Shared secret', 'type' => 'password', 'default' => '' ),
		);
		$this->instance_form_fields = array(
			'title'          => array( 'title' => 'Title', 'type' => 'text', 'default' => 'Delivery' ),
			'tax_status'     => array( 'title' => 'Tax', 'type' => 'select', 'default' => 'taxable', 'options' => array( 'taxable' => 'Taxable', 'none' => 'None' ) ),
			'fallback_title' => array( 'title' => 'Fallback title', 'type' => 'text', 'default' => 'Delivery' ),
			'fallback_cost'  => array( 'title' => 'Fallback cost', 'type' => 'price', 'default' => '', 'description' => 'Offered when the service does not answer; empty offers nothing.' ),
		);
		$this->init_settings();
		$this->title      = $this->get_option( 'title' );
		$this->tax_status = $this->get_option( 'tax_status', 'taxable' );
		add_action( 'woocommerce_update_options_shipping_' . $this->id, array( $this, 'process_admin_options' ) );
	}

	/** Adds the options; never throws, because that would take the cart and the checkout down with it. */
	public function calculate_shipping( $package = array() ) {
		try {
			$answer = $this->asked( $package );
			if ( null === $answer ) {
				$this->add_fallback( $package );
				return;
			}
			$options = $answer['options'] ?? array();
			foreach ( $options as $option ) {
				// A price that is missing must never become a free delivery.
				if ( ! isset( $option['id'], $option['title'], $option['price'] ) || ! is_numeric( $option['price'] ) ) {
					throw new UnexpectedValueException( 'an option without id, title or price' );
				}
			}
			foreach ( $options as $option ) {
				$this->add_option( $option, $package );
			}
		} catch ( \Throwable $error ) {
			wc_get_logger()->warning( 'no rates: ' . get_class( $error ), array( 'source' => 'checkout-kit' ) );
			$this->add_fallback( $package );
		}
	}

	private function asked( array $package ) {
		$form = Checkout_Kit_Package::form( $package );
		if ( ! $form['items'] || '' === $form['destination']['country'] ) {
			return array( 'outcome' => 'none' );
		}
		$own    = get_option( 'woocommerce_checkout_kit_settings', array() );
		$client = new Checkout_Kit_Client( $own['url'] ?? '', $own['shop'] ?? 'main', $own['secret'] ?? '' );
		return $client->ask( $form );
	}

	private function add_option( array $option, array $package ) {
		$meta = array( 'checkout_kit_option' => (string) $option['id'] );
		if ( ! empty( $option['latest'] ) ) {
			$meta['checkout_kit_promised_on'] = (string) $option['latest'];
			$meta['checkout_kit_promise']     = wp_json_encode( $option );
		}
		$rate_id = $this->get_rate_id( (string) $option['id'] );
		$this->add_rate(
			array(
				'id'        => $rate_id,
				'label'     => (string) $option['title'],
				// WooCommerce adds the tax by itself; our price may hold it.
				'cost'      => wc_format_decimal( (float) $option['price'] - (float) ( $option['tax'] ?? 0 ), wc_get_price_decimals() ),
				'meta_data' => $meta,
				'package'   => $package,
			)
		);
		$rate = $this->rates[ $rate_id ] ?? null;
		// Both came with WooCommerce 9.2; before it the promise is in the meta data alone.
		if ( $rate && method_exists( $rate, 'set_description' ) ) {
			$rate->set_description( (string) ( $option['description'] ?? '' ) );
		}
		if ( $rate && method_exists( $rate, 'set_delivery_time' ) && ! empty( $option['latest'] ) ) {
			$rate->set_delivery_time( wp_date( get_option( 'date_format' ), strtotime( $option['latest'] . ' UTC' ), new DateTimeZone( 'UTC' ) ) );
		}
	}

	private function add_fallback( array $package ) {
		$cost = $this->get_option( 'fallback_cost', '' );
		if ( '' === $cost || null === $cost ) {
			return;
		}
		$this->add_rate(
			array(
				'id'      => $this->get_rate_id( 'fallback' ),
				'label'   => $this->get_option( 'fallback_title', 'Delivery' ),
				'cost'    => wc_format_decimal( $cost ),
				'package' => $package,
			)
		);
	}
}

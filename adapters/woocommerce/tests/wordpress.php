<?php
// Stands in for WordPress and WooCommerce: reads a scenario as JSON, runs the plug-in, prints what the shop got.

define( 'ABSPATH', __DIR__ );
$scenario = json_decode( stream_get_contents( STDIN ), true );
$GLOBALS['options'] = $scenario['options'];
$GLOBALS['hooks'] = $GLOBALS['transients'] = $GLOBALS['log'] = array();
$GLOBALS['requests'] = 0;
$GLOBALS['clock_moved_s'] = 0;

function checkout_kit_now() { return time() + $GLOBALS['clock_moved_s']; }

class WP_Error {}
class WP_Request_Failed extends \RuntimeException {}

function add_action( $name, $do ) { $GLOBALS['hooks'][ $name ][] = $do; }
function add_filter( $name, $do ) { $GLOBALS['hooks'][ $name ][] = $do; }
function apply( $name, $value = null ) {
	foreach ( $GLOBALS['hooks'][ $name ] ?? array() as $do ) { $value = $do( $value ); }
	return $value;
}
function apply_filters( $name, $value, $more ) {
	foreach ( $GLOBALS['hooks'][ $name ] ?? array() as $do ) { $value = $do( $value, $more ); }
	return $value;
}
function get_transient( $key ) {
	$kept = $GLOBALS['transients'][ $key ] ?? null;
	return $kept && $kept[1] > checkout_kit_now() ? $kept[0] : false;
}
function set_transient( $key, $value, $seconds ) {
	$GLOBALS['transients'][ $key ] = array( $value, checkout_kit_now() + $seconds );
}
function wp_json_encode( $value ) { return json_encode( $value ); }
function wp_remote_post( $url, $args ) {
	++$GLOBALS['requests'];
	$GLOBALS['timeouts_s'][] = $args['timeout'];
	if ( ! empty( $GLOBALS['options']['broken_http'] ) ) { throw new WP_Request_Failed( 'curl is missing' ); }
	$lines = array();
	foreach ( $args['headers'] as $name => $value ) { $lines[] = "$name: $value"; }
	$http = array( 'method' => 'POST', 'header' => $lines, 'content' => $args['body'], 'timeout' => $args['timeout'], 'ignore_errors' => true, 'follow_location' => (int) ( $args['redirection'] > 0 ) );
	$body = @file_get_contents( $url, false, stream_context_create( array( 'http' => $http ) ) );
	if ( false === $body ) { return new WP_Error(); }
	preg_match( '~ (\d{3}) ~', $http_response_header[0] . ' ', $status );
	return array( 'code' => $status[1], 'body' => $body );
}
function is_wp_error( $it ) { return $it instanceof WP_Error; }
function wp_remote_retrieve_response_code( $it ) { return $it['code']; }
function wp_remote_retrieve_body( $it ) { return $it['body']; }
function get_option( $name, $default = false ) { return $GLOBALS['options'][ $name ] ?? $default; }
function get_woocommerce_currency() { return $GLOBALS['options']['currency'] ?? 'USD'; }
function wc_get_price_decimals() { return $GLOBALS['options']['decimals'] ?? 2; }
function wc_format_decimal( $value, $decimals = 2 ) { return number_format( (float) $value, $decimals, '.', '' ); }
function absint( $value ) { return abs( (int) $value ); }
function wp_date( $format, $at, $zone ) { return ( new DateTimeImmutable( "@$at" ) )->setTimezone( $zone )->format( $format ); }
function get_userdata( $id ) { return (object) array( 'roles' => array( 'wholesale' ) ); }
function wc_get_logger() {
	return new class() {
		public function warning( $text, $context ) { $GLOBALS['log'][] = $text; }
	};
}
function WC() {
	static $shop;
	$shop = $shop ?? (object) array(
		'session' => new class() { public function get_customer_id() { return 't_1'; } },
		'cart'    => new class() { public function display_prices_including_tax() { return ! empty( $GLOBALS['options']['gross'] ); } },
	);
	return $shop;
}

class Product {
	private $facts;
	public function __construct( $facts ) { $this->facts = $facts; }
	public function get_sku() { return $this->facts['sku']; }
	public function get_weight() { return $this->facts['weight']; }
	public function get_length() { return $this->facts['length'] ?? ''; }
	public function get_width() { return $this->facts['width'] ?? ''; }
	public function get_height() { return $this->facts['height'] ?? ''; }
	public function needs_shipping() { return $this->facts['needs_shipping'] ?? true; }
	public function get_shipping_class() { return $this->facts['shipping_class'] ?? ''; }
}

class WC_Shipping_Rate {
	public $facts;
	public function __construct( $facts ) { $this->facts = $facts; }
}
class WC_Shipping_Rate_9_2 extends WC_Shipping_Rate {
	public function set_description( $text ) { $this->facts['description'] = $text; }
	public function set_delivery_time( $text ) { $this->facts['delivery_time'] = $text; }
}

abstract class WC_Shipping_Method {
	public $id, $instance_id, $title, $tax_status, $rates = array();
	public $method_title, $method_description, $supports, $form_fields, $instance_form_fields;
	public function init_settings() {}
	public function get_option( $name, $default = null ) {
		return $GLOBALS['options']['instance'][ $name ] ?? $this->instance_form_fields[ $name ]['default'] ?? $default;
	}
	public function get_rate_id( $suffix ) { return "{$this->id}:{$this->instance_id}:$suffix"; }
	public function add_rate( $facts ) {
		unset( $facts['package'] );
		$kind = empty( $GLOBALS['options']['is_9_2'] ) ? 'WC_Shipping_Rate' : 'WC_Shipping_Rate_9_2';
		$this->rates[ $facts['id'] ] = new $kind( $facts );
	}
}

require $scenario['plugin'];
if ( isset( $scenario['options']['added'] ) ) {
	add_filter( 'checkout_kit_form', function ( $form, $package ) { return array_replace_recursive( $form, $GLOBALS['options']['added'] ); } );
}
apply( 'before_woocommerce_init' );
apply( 'woocommerce_shipping_init' );
$class = apply( 'woocommerce_shipping_methods', array() )['checkout_kit'];
foreach ( $scenario['package']['contents'] as $key => $line ) {
	$scenario['package']['contents'][ $key ]['data'] = new Product( $line['product'] );
}
$runs = array();
foreach ( $scenario['moves_s'] as $run => $seconds ) {
	if ( $run && isset( $scenario['options']['other_city'] ) ) {
		$scenario['package']['destination']['city'] = $scenario['options']['other_city'];
	}
	$GLOBALS['clock_moved_s'] += $seconds;
	$packages = apply( 'woocommerce_cart_shipping_packages', array( $scenario['package'] ) );
	$method   = new $class( 7 );
	$began    = microtime( true );
	$method->calculate_shipping( $packages[0] );
	$rates = array();
	foreach ( $method->rates as $rate ) { $rates[] = $rate->facts; }
	$runs[] = array( 'rates' => $rates, 'until' => $packages[0]['checkout_kit_until'], 'seconds' => microtime( true ) - $began );
}
echo json_encode( array( 'runs' => $runs, 'requests' => $GLOBALS['requests'], 'timeouts_s' => $GLOBALS['timeouts_s'] ?? array(), 'log' => $GLOBALS['log'] ) );

<?php
/**
 * Asks the service for a cart's options; answers null whenever it cannot say, and never throws.
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'checkout_kit_now' ) ) {
	/** The current instant in seconds, by which answers are kept; tests put a clock of their own here. */
	function checkout_kit_now() {
		return time();
	}
}

class Checkout_Kit_Client {
	const TIMEOUT_S = 2;
	const PAUSE_S   = 10;
	const MOST_S    = 300;
	const SILENT    = 'checkout_kit_silent';

	private $url;
	private $shop;
	private $secret;
	private $was_refused = false;

	public function __construct( $url, $shop, $secret ) {
		$this->url    = (string) $url;
		$this->shop   = (string) $shop;
		$this->secret = (string) $secret;
	}

	/** The name under which the end of the session's latest answer is kept. */
	public static function session_key() {
		$session = function_exists( 'WC' ) && isset( WC()->session ) ? WC()->session : null;
		return 'checkout_kit_until_' . md5( $session ? (string) $session->get_customer_id() : '' );
	}

	/**
	 * The service's answer with `outcome` options or none, or null when there is none to be had.
	 *
	 * WooCommerce computes shipping up to three times for one request of a shopper, so an answer is kept until
	 * its end; after a failure the service is left alone for a while, and what it refused is not asked again: the
	 * cart of one shopper must not silence it for all others.
	 */
	public function ask( array $form ) {
		try {
			$body = wp_json_encode( array( 'shop' => $this->shop ) + $form );
			if ( '' === $this->url || '' === $this->secret || false === $body ) {
				return null;
			}
			$key  = 'checkout_kit_' . md5( $this->url . $body );
			$kept = get_transient( $key );
			if ( is_array( $kept ) && $kept['until'] > checkout_kit_now() ) {
				$this->holds_until( $kept['until'] );
				return $kept['answer'];
			}
			if ( get_transient( self::SILENT ) ) {
				return null;
			}
			$answer = $this->fetch( $body );
			if ( null === $answer ) {
				$until = checkout_kit_now() + self::PAUSE_S;
				if ( $this->was_refused ) {
					set_transient( $key, array( 'until' => $until, 'answer' => null ), self::PAUSE_S );
				} else {
					set_transient( self::SILENT, 1, self::PAUSE_S );
				}
				$this->holds_until( $until );
				return null;
			}
			$seconds = max( 0, min( self::MOST_S, (int) ( $answer['fresh_s'] ?? 30 ) ) );
			if ( $seconds > 0 ) {
				$until = checkout_kit_now() + $seconds;
				set_transient( $key, array( 'until' => $until, 'answer' => $answer ), $seconds );
				$this->holds_until( $until );
			}
			return $answer;
		} catch ( \Throwable $error ) {
			self::warn( get_class( $error ) );
			return null;
		}
	}

	private function holds_until( $until ) {
		// Of several packages the answer that ends first counts.
		$before = (int) get_transient( self::session_key() );
		$until  = $before > checkout_kit_now() ? min( $before, $until ) : $until;
		set_transient( self::session_key(), $until, max( 1, $until - checkout_kit_now() ) );
	}

	private function fetch( $body ) {
		$at       = (string) time();
		$response = wp_remote_post(
			$this->url,
			array(
				'timeout'     => self::TIMEOUT_S,
				'redirection' => 0,
				'headers'     => array(
					'content-type'             => 'application/json',
					'x-checkout-kit-signature' => 't=' . $at . ',v1=' . hash_hmac( 'sha256', $at . '.' . $body, $this->secret ),
				),
				'body'        => $body,
			)
		);
		$this->was_refused = false;
		if ( is_wp_error( $response ) ) {
			self::warn( 'no answer' );
			return null;
		}
		$status = (int) wp_remote_retrieve_response_code( $response );
		$answer = json_decode( wp_remote_retrieve_body( $response ), true );
		$named  = is_array( $answer ) ? ( $answer['outcome'] ?? '' ) : '';
		$listed = 'options' === $named && is_array( $answer['options'] ?? null );
		if ( 200 !== $status || ! ( $listed || 'none' === $named ) ) {
			$this->was_refused = in_array( $status, array( 400, 413 ), true );
			self::warn( 'status ' . $status );
			return null;
		}
		return $answer;
	}

	/** Says what went wrong, without the cart, the address or the secret. */
	private static function warn( $what ) {
		if ( function_exists( 'wc_get_logger' ) ) {
			wc_get_logger()->warning( 'no rates: ' . $what, array( 'source' => 'checkout-kit' ) );
		}
	}
}

//! Keys of shops and payments.

use super::key;
use crate::text::rule::Rule;

pub(super) const RULES: &[Rule] = &[
    key(
        "secret.stripe_key",
        &["|sk_", "|rk_", "|pk_", "|whsec_"],
        r"(?:sk|rk|pk|whsec)_(?:live_|test_|org_)?[A-Za-z0-9]{20,}\b",
        &["{sk_live_<a24>}", "{whsec_<a32>}"],
        &["sk_live_<a8>", "sk_<a8>", "pk_index_of_table"],
    ),
    key(
        "secret.square_token",
        &["|sq0atp-", "|sq0csp-", "|EAAA"],
        r"(?:sq0(?:atp|csp)-[A-Za-z0-9_\-]{22,}|EAAA[A-Za-z0-9_\-]{60}\b)",
        &["{sq0atp-<a22>}"],
        &["sq0atp-<a4>"],
    ),
    key(
        "secret.braintree_token",
        &["access_token$"],
        r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}\b",
        &["{access_token$production$<h16>$<h32>}"],
        &["access_token$x"],
    ),
    key(
        "secret.shopify_token",
        &["|shpat_", "|shpca_", "|shppa_", "|shpss_"],
        r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
        &["{shpat_<h32>}"],
        &["shpat_<h8>"],
    ),
    key(
        "secret.razorpay_key",
        &["|rzp_"],
        r"rzp_(?:live|test)_[A-Za-z0-9]{14}\b",
        &["{rzp_live_<a14>}"],
        &["rzp_x"],
    ),
    key(
        "secret.adyen_key",
        &["|AQE"],
        r"AQE[a-zA-Z0-9+/]{40,}[.=\-A-Za-z0-9+/<>{}$%&()\[\]]*",
        &["{AQE<a120>}"],
        &["AQE<a9>"],
    ),
    key(
        "secret.plaid_token",
        &["|access-"],
        r"access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        &["{access-production-<h8>-<h4>-<h4>-<h4>-<h12>}"],
        &["access-control", "access-production-"],
    ),
    key(
        "secret.flutterwave_key",
        &["FLWSECK", "FLWPUBK"],
        r"FLW(?:SECK|PUBK)(?:_TEST)?-[0-9a-zA-Z]{12,}(?:-X)?",
        &["{FLWSECK-<h32>-X}"],
        &["FLWSECK-x"],
    ),
    key(
        "secret.mollie_key",
        &["|live_", "|test_"],
        r"(?:live|test)_[A-Za-z0-9]{30,}\b",
        &["{live_<a35>}"],
        &["test_that_the_house_stands", "live_reload"],
    ),
    key(
        "secret.easypost_key",
        &["|EZAK", "|EZTK"],
        r"EZ[AT]K[A-Za-z0-9]{54}\b",
        &["{EZAK<a54>}"],
        &["EZAK<a4>"],
    ),
    key(
        "secret.shippo_token",
        &["|shippo_"],
        r"shippo_(?:live|test)_[0-9a-f]{40}\b",
        &["{shippo_live_<h40>}"],
        &["shippo_x"],
    ),
    key(
        "secret.duffel_token",
        &["|duffel_"],
        r"duffel_(?:live|test)_[A-Za-z0-9_\-=]{43}",
        &["{duffel_live_<a43>}"],
        &["duffel_bag"],
    ),
    key(
        "secret.paystack_key",
        &["|sk_live_", "|sk_test_"],
        r"sk_(?:live|test)_[0-9a-f]{40}\b",
        &["{sk_live_<h40>}"],
        &["sk_live_x"],
    ),
    key("secret.frameio_token", &["|fio-u-"], r"fio-u-[A-Za-z0-9_\-=]{64}", &["{fio-u-<a64>}"], &["fio-u-x"]),
    key(
        "secret.bitcoin_key",
        &["|xprv", "|zprv", "|yprv"],
        r"[xyz]prv[0-9A-Za-z]{100,112}\b",
        &["{xprv<h107>}"],
        &["xprv<h7>"],
    ),
];

//! What a charter must not be, then what it is.

use super::*;
use crate::testing::{CHARTER, charter_text, charter_with, signer_key};
use crate::{Field, dpv};

fn refused(from: &str, to: &str, place: &str) {
    match charter_with(from, to) {
        Err(CharterError::Invalid(faults)) => {
            assert!(faults.iter().any(|fault| fault.place.contains(place)), "{to:?}: {faults:?}");
        }
        other => panic!("{to:?} gave {other:?}"),
    }
}

fn not_a_charter(text: &str) {
    assert!(matches!(Charter::parse(text.as_bytes()), Err(CharterError::NotCharter(_))), "{text}");
}

#[test]
fn ai_training_is_not_a_purpose() {
    let statement =
        "Train an internal agent that fills in expense and travel forms from a mail or a spreadsheet.";
    for empty in [
        "AI training",
        "Training",
        "machine learning",
        "Training of AI models and machine learning systems for our products and services",
        "",
    ] {
        refused(statement, empty, "purpose form-filling: statement");
    }
    refused(statement, &"form expense travel ".repeat(40), "purpose form-filling: statement");
}

#[test]
fn a_purpose_outside_of_the_vocabulary_is_refused() {
    let class = "dpv = \"dpv:InternalResourceOptimisation\"";
    for other in [
        "ai:ModelTraining",
        "dpv:PersonnelPerformanceEvaluation",
        "dpv:Invented",
        "https://w3id.org/dpv#ServiceProvision",
    ] {
        refused(class, &format!("dpv = \"{other}\""), "purpose form-filling: dpv");
    }
}

#[test]
fn a_purpose_that_is_named_like_a_forbidden_one_is_refused() {
    refused("id = \"form-filling\"", "id = \"personnel-performance-evaluation\"", "purpose personnel");
    refused("\"Filling in forms\"", "\"Personnel hiring, better\"", "purpose form-filling: id");
}

#[test]
fn none_of_the_eight_forbidden_purposes_can_be_left_out() {
    for term in dpv::ALWAYS_PROHIBITED {
        refused(&format!("  \"{term}\",\n"), "", term);
    }
    refused("\"dpv:SellDataToThirdParties\"", "\"dpv:Invented\"", "prohibited");
}

#[test]
fn consent_is_asked_for_whatever_else_the_law_needs() {
    let bases = "[\"dpv:ExplicitlyExpressedConsent\", \"eu-gdpr:A6-1-a-explicit-consent\"]";
    refused(bases, "[\"eu-gdpr:A6-1-a-explicit-consent\"]", "legal_basis");
    refused(bases, "[\"dpv:ExplicitlyExpressedConsent\", \"eu-gdpr:A6-1-f-controller\"]", "legal_basis");
}

#[test]
fn four_signers_are_four_people_with_four_keys() {
    let legal = signer_key(Role::Legal).public().to_string();
    let privacy = signer_key(Role::Privacy).public().to_string();
    refused(&legal, &privacy, "signer.key");
    refused("Ben Example", " ada EXAMPLE".trim(), "signer.name");
    refused("role = \"legal\"", "role = \"privacy\"", "signer");
    let text = charter_text();
    let (before, legal_and_after) = text.split_once("[[signer]]\nrole = \"legal\"").unwrap();
    let (_, after) = legal_and_after.split_once("[[signer]]").unwrap();
    let three = format!("{before}[[signer]]{after}");
    let five = format!(
        "{text}\n[[signer]]\nrole = \"legal\"\nname = \"Eve\"\nkey = \"{}\"\n",
        PublicKey::from_bytes([7; 32])
    );
    for other in [three, five] {
        assert!(matches!(Charter::parse(other.as_bytes()), Err(CharterError::Invalid(_))));
    }
}

#[test]
fn who_asks_for_data_does_not_sign_for_the_program() {
    let recipient = CHARTER.recipients()[0].key.to_string();
    refused(&recipient, &signer_key(Role::Security).public().to_string(), "recipient agent-research: key");
}

#[test]
fn a_required_document_cannot_be_missing() {
    for kind in DocumentKind::REQUIRED {
        refused(&format!("kind = \"{}\"", kind.as_str()), "kind = \"incident-plan\"", kind.as_str());
    }
}

#[test]
fn what_is_allowed_is_not_also_never() {
    let never = "never_sites = [\"health.example.test\",";
    for site in ["forms.example.test", "example.test", "test"] {
        refused(never, &format!("never_sites = [\"{site}\","), "site forms.example.test");
    }
    refused("id = \"password-manager\"", "id = \"libreoffice-calc\"", "app libreoffice-calc");
    refused("[\"KeePassXC\",", "[\"libreoffice-calc\",", "app password-manager: window class");
    refused("title = \"Password manager\"", "title = \"LibreOffice calc\"", "app password-manager: title");
    // A part of an allowed site may be never recorded.
    assert!(charter_with(never, "never_sites = [\"staff.forms.example.test\",").is_ok());
}

#[test]
fn a_browser_names_its_sites_and_nothing_else_does() {
    let sites = "sites = [\"mail.example.test\", \"forms.example.test\"]";
    refused(sites, "sites = []", "scope.app browser: sites");
    refused("browser = true", "browser = false", "scope.app browser: sites");
    for site in ["test", "-a.test", "a..test", ".test", "a_b.test", "example.test."] {
        refused(sites, &format!("sites = [\"{site}\"]"), "scope.app browser: sites");
    }
}

#[test]
fn numbers_stay_within_the_law() {
    refused("consent_days_max = 180", "consent_days_max = 184", "consent_days_max");
    refused("consent_days_max = 180", "consent_days_max = 0", "consent_days_max");
    refused("consent_days_max = 180", "consent_days_max = 2", "cooling_off_hours");
    refused("hold_days = 7 ", "hold_days = 15 ", "hold_days");
    refused("hold_days = 7 ", "hold_days = 0 ", "hold_days");
    refused("retention_days = 180", "retention_days = 367", "retention_days");
    refused("days_max = 60 ", "days_max = 184 ", "caps.days_max");
    refused("apps_max = 10", "apps_max = 2", "caps.apps_max");
    refused("bytes_per_day = 200_000_000", "bytes_per_day = 500_000_001", "scope.budgets");
    refused("bytes_per_day = 200_000_000", "bytes_per_day = 0", "scope.budgets");
    for limit in [
        "cpu_percent_max = 0",
        "cpu_percent_max = 101",
        "memory_mib_max = 0",
        "stored_mib_per_hour_max = 65537",
        "uploaded_mib_per_hour_max = 0",
        "battery_percent_min = 101",
    ] {
        let key = limit.split(' ').next().unwrap();
        let with = format!("bytes_per_day = 200_000_000, {limit}");
        refused("bytes_per_day = 200_000_000", &with, &format!("scope.budgets.{key}"));
    }
    for hours in ["{ from = 24, to = 2 }", "{ from = 7, to = 25 }", "{ from = 7, to = 7 }"] {
        refused("{ from = 0, to = 24 }", hours, "scope.hours");
    }
    assert_eq!(charter_with("hold_days = 7 ", " ").unwrap().hold_days(), 7);
}

#[test]
fn no_field_for_a_target_exists() {
    let text = charter_text();
    for key in ["contributors_min = 1", "days_min = 1", "target = 10", "incentive = \"bonus\""] {
        not_a_charter(&text.replacen("apps_max = 10", &format!("apps_max = 10\n{key}"), 1));
    }
}

#[test]
fn unknown_repeated_and_missing_keys_are_refused() {
    let text = charter_text();
    not_a_charter(&text.replacen("language =", "langauge = \"en\"\nlanguage =", 1));
    not_a_charter(&text.replacen("language =", "language = \"en\"\nlanguage =", 1));
    not_a_charter(&text.replacen("bystander_rule = \"masked\"", "", 1));
    not_a_charter(&text.replacen("bystander_rule = \"masked\"", "bystander_rule = \"kept\"", 1));
    not_a_charter(&text.replacen("\"window_title\", \"frame\"", "\"clipboard\", \"frame\"", 1));
    not_a_charter("");
    not_a_charter("not toml at all");
}

#[test]
fn another_version_is_refused_by_its_version() {
    let error = charter_with("version = 1", "version = 2").unwrap_err();
    let CharterError::Version(error) = error else { panic!("{error}") };
    assert_eq!((error.found, error.hint), (2, "update this program"));
}

#[test]
fn a_text_that_pretends_to_be_more_text_is_refused() {
    let name = "title = \"LibreOffice Calc\"";
    for text in ["A\\nWHAT IS NEVER RECORDED", "A\\u202Egnihton", "A\\u200Bb", " A", "A\\tb", ""] {
        refused(name, &format!("title = \"{text}\""), "scope.app libreoffice-calc: title");
    }
    refused("\"Office agent pilot\"", &format!("\"{}\"", "a".repeat(301)), "title");
}

#[test]
fn bytes_that_are_no_text_or_too_many_are_refused() {
    assert!(matches!(Charter::parse(&[0xff, 0xfe]), Err(CharterError::NotText)));
    let long = "#".repeat(Charter::BYTES_MAX + 1);
    assert!(matches!(Charter::parse(long.as_bytes()), Err(CharterError::TooLong { .. })));
}

#[test]
fn all_faults_are_told_at_once() {
    let text =
        charter_text().replace("retention_days = 180", "retention_days = 0").replace("loc:DE", "Germany");
    let error = Charter::parse(text.as_bytes()).unwrap_err();
    assert!(
        error.to_string().starts_with("the charter breaks 3 rules: retention_days: must be 1 to 366"),
        "{error}"
    );
}

#[test]
fn the_filled_template_is_a_charter_that_keeps_its_exact_bytes() {
    let text = charter_text();
    assert_eq!(CHARTER.bytes(), text.as_bytes());
    assert_eq!(CHARTER.digest(), Digest::of(text.as_bytes()));
    assert_eq!(CHARTER.scope().fields().len(), Field::ALL.len());
    assert_eq!(CHARTER.scope().identify("libreoffice-calc").unwrap().id.as_str(), "libreoffice-calc");
    assert!(CHARTER.scope().identify("LibreOffice-Calc").is_none());
    assert!(CHARTER.scope().identify("KeePassXC").is_none());
}

#[test]
fn one_changed_byte_is_another_program() {
    let other = charter_with("# A charter:", "# A Charter:").unwrap();
    assert_ne!(other.digest(), CHARTER.digest());
}

#[test]
fn every_shortened_charter_is_refused_without_a_panic() {
    let text = charter_text();
    let whole = text.trim_end().len();
    for end in (0..whole).step_by(37).filter(|end| text.is_char_boundary(*end)) {
        assert!(Charter::parse(&text.as_bytes()[..end]).is_err(), "{end}");
    }
}

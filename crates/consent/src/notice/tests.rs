//! The notice says what the scope allows: all of it, and nothing else.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::testing::{CHARTER, charter_text, charter_with};
use crate::{DocumentKind, Field, Role};

/// The committed charter and notice. A changed wording would end every consent that was given to it.
const GOLDEN_CHARTER: &str = include_str!("../../tests/golden/charter.toml");
const GOLDEN_NOTICE: &str = include_str!("../../tests/golden/notice.txt");

#[test]
fn the_notice_of_the_golden_charter_never_changes() {
    let charter = Charter::parse(GOLDEN_CHARTER.as_bytes()).unwrap();
    let notice = Notice::of(&charter);
    assert_eq!(notice.text, GOLDEN_NOTICE);
    assert_eq!(notice.digest, Digest::of(GOLDEN_NOTICE.as_bytes()));
}

#[test]
fn sentences_are_short() {
    for line in Notice::of(&CHARTER).text.lines().filter(|line| !line.starts_with("- ")) {
        for sentence in line.split_inclusive(['.', '!', '?']) {
            assert!(sentence.split_whitespace().count() <= 24, "{sentence}");
        }
    }
}

#[test]
fn the_notice_speaks_no_legalese() {
    let text = Notice::of(&CHARTER).text.to_lowercase();
    for word in [
        "pursuant",
        "hereby",
        "data subject",
        "controller",
        "legitimate interest",
        "processing",
        "gdpr",
        "dpv:",
    ] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn what_withdrawal_cannot_undo_follows_from_the_charter() {
    let notices: BTreeSet<String> = ["retrain", "flag_only", "do_not_train_irreversible"]
        .map(|policy| {
            charter_with("model_erasure = \"retrain\"", &format!("model_erasure = \"{policy}\"")).unwrap()
        })
        .map(|charter| section(&Notice::of(&charter).text, "WHAT WITHDRAWAL CANNOT UNDO").join("\n"))
        .into();
    assert_eq!(notices.len(), 3);
}

#[test]
fn what_may_stay_of_other_people_follows_from_the_charter() {
    let masked = Notice::of(&CHARTER).text;
    let recognised = charter_with("bystander_rule = \"masked\"", "bystander_rule = \"recognised\"").unwrap();
    let recognised = Notice::of(&recognised).text;
    assert!(masked.contains("What other people wrote or show is masked too."));
    assert!(!recognised.contains("What other people wrote or show is masked too."));
    assert!(recognised.contains("The software must recognise it for that. It can miss some."));
}

#[test]
fn what_it_may_use_up_of_a_device_is_told_as_far_as_the_charter_limits_it() {
    let limits = "cpu_percent_max = 30, memory_mib_max = 400, stored_mib_per_hour_max = 50, uploaded_mib_per_hour_max = 60, \
        battery_percent_min = 25, upload_when_metered = false";
    let (key, with) = ("bytes_per_day = 200_000_000", format!("bytes_per_day = 200_000_000, {limits}"));
    let told = |charter: &Charter| section(&Notice::of(charter).text, "WHAT IS RECORDED");
    let (all, none) = (told(&charter_with(key, &with).unwrap()), told(&CHARTER));
    let lines: Vec<&str> = all.iter().filter(|line| !none.contains(line)).map(String::as_str).collect();
    assert_eq!(
        lines,
        [
            "It may use up this much of your device. Above that it records or sends less.",
            "- 30 % of one processor core",
            "- 400 MiB of memory",
            "- 50 MiB stored in an hour",
            "- 60 MiB sent in an hour, of what you release",
            "- the battery down to 25 %",
            "- nothing is sent over a network that may cost you, unless you say so each time",
        ]
    );
    let left_to_the_device = charter_with(key, "bytes_per_day = 200_000_000, upload_when_metered = true");
    assert_eq!(told(&left_to_the_device.unwrap()), none);
}

/// Lines of a section.
fn section(text: &str, heading: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// List items of a section.
fn items(text: &str, heading: &str) -> Vec<String> {
    section(text, heading).iter().filter_map(|line| line.strip_prefix("- ").map(str::to_owned)).collect()
}

/// A part of the world that a charter may take into its scope: names that occur nowhere else.
#[derive(Debug, Clone)]
struct Picked {
    apps: Vec<bool>,
    sites: Vec<bool>,
    never_sites: Vec<bool>,
    never_apps: Vec<bool>,
    fields: Vec<bool>,
    recipients: Vec<bool>,
    prohibited: Vec<bool>,
}

fn picked() -> impl Strategy<Value = Picked> {
    let some = |count| proptest::collection::vec(any::<bool>(), count);
    let fields = some(Field::ALL.len());
    (some(4), some(4), some(4), some(3), fields, some(3), some(dpv::ALSO_PROHIBITABLE.len())).prop_map(
        |(apps, sites, never_sites, never_apps, fields, recipients, prohibited)| Picked {
            apps,
            sites,
            never_sites,
            never_apps,
            fields,
            recipients,
            prohibited,
        },
    )
}

/// Indices of the picked, and always the first, since a charter needs one of each.
fn chosen(picked: &[bool]) -> Vec<usize> {
    (0..picked.len()).filter(|i| *i == 0 || picked[*i]).collect()
}

fn quoted(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// The template with another scope, other recipients and other forbidden purposes.
fn charter(picked: &Picked) -> Charter {
    let text = charter_text();
    let cut = |text: &str, at: &str| text.split_once(at).map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (before, rest) = cut(&text, "  \"dpv:SellDataToThirdParties\",\n");
    let (middle, rest) = cut(&rest, "[scope]");
    let (_, rest) = cut(&rest, "[caps]");
    let (caps, rest) = cut(&rest, "[[recipient]]");
    let (_, rest) = cut(&rest, "[[signer]]");
    let prohibited =
        quoted(chosen(&picked.prohibited).into_iter().map(|i| dpv::ALSO_PROHIBITABLE[i].to_owned()));
    let (scope, recipients) = (scope_text(picked), recipients_text(picked));
    let text = format!("{before}{prohibited}\n{middle}{scope}[caps]{caps}{recipients}[[signer]]{rest}");
    Charter::parse(text.as_bytes()).unwrap()
}

fn scope_text(picked: &Picked) -> String {
    let fields = chosen(&picked.fields).into_iter().map(|i| Field::ALL[i].as_str().to_owned());
    let never = chosen(&picked.never_sites).into_iter().map(|i| format!("never{i}.example.test"));
    let sites = quoted(chosen(&picked.sites).into_iter().map(|i| format!("site{i}.example.test")));
    let head = format!(
        "[scope]\nfields = [{}]\nnever_sites = [{}]\nhours = {{ from = 7, to = 19 }}\nbudgets = {{ bytes_per_day = 9 }}\n",
        quoted(fields),
        quoted(never)
    );
    let web = format!(
        "[[scope.app]]\nid = \"web\"\ntitle = \"Zweb\"\nwindow_classes = [\"w\"]\nbrowser = true\nsites = [{sites}]\n"
    );
    let app =
        |i| format!("[[scope.app]]\nid = \"app{i}\"\ntitle = \"Zapp{i}\"\nwindow_classes = [\"a{i}\"]\n");
    let apps = chosen(&picked.apps).into_iter().map(app);
    let no_app = |i| format!("[[scope.never_app]]\nid = \"no{i}\"\ntitle = \"Znever{i}\"\n");
    let never_apps = chosen(&picked.never_apps).into_iter().map(no_app);
    [head, web].into_iter().chain(apps).chain(never_apps).collect()
}

fn recipients_text(picked: &Picked) -> String {
    let one = |i: usize| {
        let key = candor_model::PublicKey::from_bytes([100 + u8::try_from(i).unwrap(); 32]);
        format!("[[recipient]]\nid = \"r{i}\"\nname = \"Zteam{i}\"\nkey = \"{key}\"\n")
    };
    chosen(&picked.recipients).into_iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Everything in the scope stands in its section of the notice; nothing else stands there.
    #[test]
    fn the_notice_is_the_scope(picked in picked()) {
        let charter = charter(&picked);
        let text = Notice::of(&charter).text;
        prop_assert_eq!(&text, &Notice::of(&charter).text);

        let recorded = items(&text, "WHAT IS RECORDED");
        let sites: Vec<String> = chosen(&picked.sites).iter().map(|i| format!("site{i}.example.test")).collect();
        let mut expected = vec![format!("Zweb, only on {} and what belongs to them", sites.join(", "))];
        expected.extend(chosen(&picked.apps).iter().map(|i| format!("Zapp{i}")));
        expected.extend(chosen(&picked.fields).iter().map(|i| Field::ALL[*i].in_words().to_owned()));
        prop_assert_eq!(recorded, expected);

        let mut never: Vec<String> = chosen(&picked.never_apps).iter().map(|i| format!("Znever{i}")).collect();
        never.extend(chosen(&picked.never_sites).iter().map(|i| format!("never{i}.example.test and what belongs to it")));
        never.extend(NEVER_CAPTURED.map(str::to_owned));
        prop_assert_eq!(items(&text, "WHAT IS NEVER RECORDED"), never);

        let teams: Vec<String> = chosen(&picked.recipients).iter().map(|i| format!("Zteam{i}")).collect();
        prop_assert_eq!(items(&text, "WHO GETS IT"), teams);
        prop_assert_eq!(items(&text, "WHAT NOBODY MAY USE IT FOR").len(), charter.prohibited().len() + 1);

        // What was not picked stands nowhere at all.
        for i in 0..4 {
            prop_assert_eq!(text.contains(&format!("Zapp{i}")), chosen(&picked.apps).contains(&i));
            prop_assert_eq!(text.contains(&format!("site{i}.example.test")), chosen(&picked.sites).contains(&i));
            prop_assert_eq!(text.contains(&format!("never{i}.example.test")), chosen(&picked.never_sites).contains(&i));
        }
        for (i, field) in Field::ALL.iter().enumerate() {
            prop_assert_eq!(text.contains(field.in_words()), chosen(&picked.fields).contains(&i));
        }
    }
}

#[test]
fn people_and_authority_are_named() {
    let text = Notice::of(&CHARTER).text;
    let controller = CHARTER.controller();
    for name in [&controller.name, &controller.address, &controller.contact, &controller.authority] {
        assert!(text.contains(name.as_str()), "{name}");
    }
    for role in Role::ALL {
        let signer = CHARTER.signer(role).unwrap();
        assert!(text.contains(&format!("- {}, {}", signer.name, role.in_words())));
    }
    assert!(CHARTER.documents().iter().all(|d| DocumentKind::REQUIRED.contains(&d.kind)));
}

//! Numbering plans: which digits are a telephone number somewhere. The plans are those of the `phonenumber` crate
//! (libphonenumber's metadata); its own parser takes 46 microseconds a number, so only its patterns are used.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use phonenumber::metadata::DATABASE;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

/// Regions of the seven languages and their neighbours whose national numbers are looked for.
const REGIONS: [&str; 29] = [
    "US", "GB", "IE", "AU", "NZ", "ZA", "IN", "DE", "AT", "CH", "FR", "BE", "LU", "ES", "MX", "AR", "CO",
    "CL", "IT", "NL", "PT", "BR", "SE", "FI", "PL", "DK", "NO", "BG", "CN",
];

/// What a region dials.
struct Plan {
    /// The numbers without their national prefix.
    numbers: Regex,
    /// What is dialled before a number within the region.
    prefix: String,
}

static PLANS: LazyLock<BTreeMap<&'static str, Plan>> =
    LazyLock::new(|| REGIONS.iter().filter_map(|region| Some((*region, plan(region)?))).collect());

/// Pattern of everything that the region gives to subscribers: fixed, mobile, free, shared and dear numbers.
fn plan(region: &str) -> Option<Plan> {
    let metadata = DATABASE.by_id(region)?;
    let kinds = metadata.descriptors();
    let given = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.voip(),
        kinds.personal_number(),
        kinds.uan(),
    ];
    let patterns: Vec<&str> = given.into_iter().flatten().map(|d| d.national_number().as_str()).collect();
    let pattern = format!("(?:{})\\z", patterns.join("|"));
    let numbers = Regex::builder()
        .syntax(syntax::Config::new().ignore_whitespace(true).unicode(false).utf8(false))
        .build(&pattern);
    Some(Plan { numbers: numbers.ok()?, prefix: metadata.national_prefix().unwrap_or_default().to_owned() })
}

impl Plan {
    fn gives(&self, number: &str) -> bool {
        let input = Input::new(number).anchored(Anchored::Yes);
        self.numbers.search(&input).is_some_and(|found| found.end() == number.len())
    }
}

/// Whether `digits`, dialled within the region, reach somebody.
pub(crate) fn is_national(region: &str, digits: &str) -> bool {
    PLANS.get(region).is_some_and(|plan| {
        let bare = (!plan.prefix.is_empty()).then(|| digits.strip_prefix(plan.prefix.as_str())).flatten();
        bare.is_some_and(|number| plan.gives(number)) || plan.gives(digits)
    })
}

/// Which numbers up to 999 are the code of a country.
static CODES: LazyLock<Vec<bool>> =
    LazyLock::new(|| (0..1000_u16).map(|code| DATABASE.region(&code).is_some()).collect());

/// Whether `digits` begin with the code of a country and are as long as its numbers.
pub(crate) fn is_international(digits: &str) -> bool {
    (1..=3).any(|length| {
        let Some((code, national)) = digits.split_at_checked(length) else { return false };
        let known = code.parse().is_ok_and(|code: usize| CODES.get(code) == Some(&true));
        known && (6..=13).contains(&national.len())
    })
}

/// The code of the country that `digits` begin with, and what follows it.
pub(crate) fn split_country(digits: &str) -> Option<(&str, &str)> {
    // No code is the beginning of another, and none begins with a zero (ITU-T E.164).
    let known = |code: &str| {
        !code.starts_with('0') && code.parse().is_ok_and(|code: usize| CODES.get(code) == Some(&true))
    };
    (1..=3).filter_map(|length| digits.split_at_checked(length)).find(|(code, _)| known(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_country_is_parted_from_its_number() {
        assert_eq!(split_country("4930901820"), Some(("49", "30901820")));
        assert_eq!(split_country("14155550100"), Some(("1", "4155550100")));
        assert_eq!(split_country("35312345678"), Some(("353", "12345678")));
        assert_eq!((split_country("0301"), split_country("")), (None, None));
    }

    #[test]
    fn every_region_has_its_plan() {
        assert_eq!(PLANS.len(), REGIONS.len());
    }

    #[test]
    fn numbers_are_known_by_their_plan() {
        assert!(is_national("FR", "0612345678") && !is_national("FR", "0139"));
        assert!(is_national("ES", "612345678") && !is_national("ES", "112345678"));
        assert!(is_national("GB", "02079460958") && !is_national("DE", "9"));
        assert!(is_international("4930901820") && !is_international("9991234567"));
    }
}

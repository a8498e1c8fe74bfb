//! Card numbers whose groups stand wide apart or are counted: three spaces and more, ` - `, a comma, the end of a line, or a
//! label of its own for each group. Their shape and check digit tell them, and that the gaps are alike.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{digits, luhn};
use crate::text::lexicon::folded;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::finance::is_card_shape;
use crate::text::rules::gate::Gate;

/// Digits of a group.
const GROUP: usize = 4;
/// Longest label of a group with the marks around it, in bytes.
const LABEL_BYTES_MAX: usize = 28;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "card.wide",
        FindingKind::Card,
        Gate::Number,
        r"\d{4}(?:<widegap>\d{4}){3}\b",
        &[
            "{4111   1111   1111   1111}",
            "pay {4111 - 1111 - 1111 - 1111} now",
            "{5500/0000/0000/0004}",
            "{4012,8888,8888,1881}",
            "{6011·0009·9013·9424}",
            "{4111. 1111. 1111. 1111}",
            "{4111 | 1111 | 1111 | 1111}",
            "{4111 1111 1111\n1111}",
        ],
        &[
            "4111 - 1111 - 1111 - 1112",
            "4111 - 1111/1111,1111",
            "4111\n1111\n1111\n1111",
            "4111 1111 1111\n\n1111",
            "4111 1111\n1111 1111 2030 4050",
            "2030 4050 4111 1111\n1111 1111",
            "2030,4050,4111,1111,\n1111,1111",
            "4111 --- 1111 --- 1111 --- 1111",
            "5000, 4000, 3000, 1007",
            "1200,4111,1111,1111,1111",
            "4111, 1111, 1111, 1111, 1200",
        ],
    )
    .checked(wide),
    Rule::new(
        "card.counted",
        FindingKind::Card,
        Gate::Number,
        r"\b(?:[3-6]\d|2[2-7])\d{2}\b",
        &[
            "card_1={4111; card_2=1111; card_3=1111; card_4=1111}",
            "first: {5500 second: 0000 third: 0000 fourth: 0004}",
            "'a':'{4111','b':'1111','c':'1111','d':'1111}'",
            "Teil 1: {4012, Teil 2: 8888, Teil 3: 8888, Teil 4: 1881}",
        ],
        &[
            "card_1=4111; card_2=1111; card_3=1111; card_4=1112",
            "total=4111 used=1111 free=1111 cached=1111",
            "first: 4111 second: 1111 third: 1111",
            "in 2024, 2025 and 2026",
        ],
    )
    .checked(counted),
    Rule::new(
        "card.counted_lines",
        FindingKind::Card,
        Gate::Number,
        r"\d{4}(?:['\x22,;]*<sp>*\r?\n[A-Za-z_.'\x22 :=\t\-]*(?:\d[:='\x22. \t)]+)?\d{4}){3}\b",
        &["part1 {4111\npart2 1111\npart3 1111\npart4 1111}", "a: {4111\nb: 1111\nc: 1111\nd: 1111}"],
        &["used 4111\nfree 1111\nheld 1111\nlost 1111", "part1 4111\npart2 1111\npart3 1111\npart4 1112"],
    )
    .checked(counted_lines),
];

/// A card whose gaps are alike; one of them may be the end of a line.
fn wide(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let all = digits(text);
    if !is_card_shape(&all) || !luhn(&all) || hit.before().ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mark, is_broken) = gap_of(text)?;
    let is_one_of_many = is_of_a_list(hit, mark) || is_broken && is_of_a_table(hit);
    (!is_one_of_many).then(|| hit.span())
}

/// What stands in every gap of a number, and whether one of them is the end of a line; none where they are not alike.
fn gap_of(number: &str) -> Option<(char, bool)> {
    let gaps = || number.split(|c: char| c.is_ascii_digit()).filter(|gap| !gap.is_empty());
    let broken = gaps().filter(|gap| gap.contains('\n')).count();
    let mut marks = gaps().filter(|gap| !gap.contains('\n')).map(mark);
    let first = marks.next()?;
    let simple = gaps().all(|gap| gap.trim().chars().count() < 2 && gap.matches('\n').count() < 2);
    (simple && broken <= 1 && marks.all(|mark| mark == first)).then_some((first, broken == 1))
}

/// What stands in a gap beside spaces.
fn mark(gap: &str) -> char {
    gap.trim().chars().next().unwrap_or(' ')
}

/// Whether the numbers are round, or more of them stand before or behind.
fn is_of_a_list(hit: &Hit<'_>, mark: char) -> bool {
    let round = hit.text().split(|c: char| !c.is_ascii_digit()).filter(|group| group.ends_with("00")).count();
    let before = hit.before().trim_end().strip_suffix(mark).map(str::trim_end);
    let after = hit.after().trim_start().strip_prefix(mark).map(str::trim_start);
    let goes_on = before.is_some_and(|text| text.ends_with(|c: char| c.is_ascii_digit()))
        || after.is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit()));
    matches!(mark, ',' | ';' | '|') && (round > 2 || goes_on)
}

/// Whether rows of such groups go on before or behind a number that is broken over two lines. The lines above and below are not
/// seen: two rows of a table of two columns may be a card, too.
fn is_of_a_table(hit: &Hit<'_>) -> bool {
    let is_group = |run: Option<&str>| {
        run.is_some_and(|run| run.len() == GROUP && run.bytes().all(|b| b.is_ascii_digit()))
    };
    is_group(hit.before().split_whitespace().next_back()) || is_group(hit.after().split_whitespace().next())
}

/// A first group whose label counts, and three that go on with it.
fn counted(hit: &Hit<'_>) -> Option<Range<usize>> {
    // Most numbers of four digits are counts: what stands beside them tells.
    if !hit.before().ends_with([':', '=', '"', '\'', ' ', '\t']) || hit.after().len() < 3 * GROUP {
        return None;
    }
    let end = groups_end(hit, hit.after())?;
    Some(hit.span().start..hit.span().end + end)
}

/// The same over lines.
fn counted_lines(hit: &Hit<'_>) -> Option<Range<usize>> {
    groups_end(hit, hit.text().get(GROUP..)?).map(|_| hit.span())
}

/// Where the last group ends in what follows the first, if labels count up and all groups are a card.
fn groups_end(hit: &Hit<'_>, follows: &str) -> Option<usize> {
    let mut groups = [hit.text().get(..GROUP)?, "", "", ""];
    let mut leads = [hit.before(), "", "", ""];
    let mut end = 0;
    for (lead, group) in leads.iter_mut().zip(&mut groups).skip(1) {
        let start = end + next_group(follows.get(end..)?)?;
        // Most groups stand apart by a space: that is no label.
        *lead = follows.get(end..start).filter(|lead| lead.contains(is_label))?;
        end = start + GROUP;
        *group = follows.get(start..end)?;
    }
    let number = digits(&groups.concat());
    (is_card_shape(&number) && luhn(&number) && counts_up(&leads)).then_some(end)
}

/// Where the next run of four digits begins. Shorter runs count labels; longer ones are something else.
fn next_group(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < LABEL_BYTES_MAX {
        let rest = bytes.get(at..)?;
        let ahead = rest.iter().position(u8::is_ascii_digit)?;
        let length = rest.get(ahead..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        match length {
            1 | 2 => at += ahead + length,
            GROUP => return Some(at + ahead),
            _ => return None,
        }
    }
    None
}

fn is_label(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// The last word of what leads up to a group, with its number.
fn label(lead: &str) -> Option<String> {
    let text = lead.trim_end_matches(|c: char| !is_label(c));
    let (start, _) = text.char_indices().rev().take_while(|(_, c)| is_label(*c)).last()?;
    text.get(start..).filter(|label| label.len() < LABEL_BYTES_MAX).map(folded)
}

/// Words that count to four.
const COUNTS: &[[&str; 4]] = &[
    ["a", "b", "c", "d"],
    ["i", "ii", "iii", "iv"],
    ["1st", "2nd", "3rd", "4th"],
    ["first", "second", "third", "fourth"],
    ["one", "two", "three", "four"],
    ["erste", "zweite", "dritte", "vierte"],
    ["erster", "zweiter", "dritter", "vierter"],
    ["eins", "zwei", "drei", "vier"],
    ["premier", "deuxieme", "troisieme", "quatrieme"],
    ["premiere", "deuxieme", "troisieme", "quatrieme"],
    ["un", "deux", "trois", "quatre"],
    ["primero", "segundo", "tercero", "cuarto"],
    ["primera", "segunda", "tercera", "cuarta"],
    ["uno", "dos", "tres", "cuatro"],
    ["primo", "secondo", "terzo", "quarto"],
    ["prima", "seconda", "terza", "quarta"],
    ["uno", "due", "tre", "quattro"],
    ["eerste", "tweede", "derde", "vierde"],
    ["een", "twee", "drie", "vier"],
    ["primeiro", "segundo", "terceiro", "quarto"],
    ["primeira", "segunda", "terceira", "quarta"],
    ["um", "dois", "tres", "quatro"],
];

/// Whether the labels of groups are the same but for what counts them.
fn counts_up(leads: &[&str; 4]) -> bool {
    let Some(labels) = leads.iter().map(|lead| label(lead)).collect::<Option<Vec<_>>>() else { return false };
    let Some((first, others)) = labels.split_first() else { return false };
    let is_stem = |length: &usize| {
        first.get(..*length).is_some_and(|stem| others.iter().all(|label| label.starts_with(stem)))
    };
    let stem = (0..=first.len()).rev().find(is_stem).unwrap_or(0);
    let counts: Vec<&str> = labels.iter().filter_map(|label| label.get(stem..)).collect();
    COUNTS.iter().any(|words| counts == words || labels == words) || is_in_order(&counts)
}

/// Whether each is the number after the one before it.
fn is_in_order(counts: &[&str]) -> bool {
    let numbers: Option<Vec<u32>> = counts.iter().map(|count| count.parse().ok()).collect();
    let follows = |two: &[u32]| matches!(two, [a, b] if a.checked_add(1) == Some(*b));
    numbers.is_some_and(|numbers| numbers.windows(2).all(follows))
}

use super::*;
use crate::testing::session;

fn taken(filter: &str) -> Result<Vec<Vec<bool>>, FilterError> {
    select(Some(filter), &[session(1, 1, 4), session(2, 1, 3)])
}

#[test]
fn a_filter_reaches_no_table_no_file_and_no_clock() {
    for filter in [
        "session IN (SELECT session FROM steps)",
        "EXISTS (SELECT 1)",
        "ordinal = (SELECT max(ordinal) FROM other)",
        "ordinal = (SELECT 1)",
        "app = 'x'; DROP TABLE steps",
        "SELECT true",
        "DROP TABLE steps",
        "COPY steps TO 'out.csv'",
        "input_file_name() = 'x'",
        "wall_ms < date_part('epoch', now())",
        "random() < 0.5",
        "uuid() = session",
        "version() = 'x'",
        "repeat(app, 1000000000) = 'x'",
        "lpad(app, 1000000000) = 'x'",
        "count(*) > 1",
        "row_number() OVER () = 1",
        "ordinal = $1",
        "@@version = 1",
        "*",
    ] {
        assert!(taken(filter).is_err(), "{filter}");
    }
}

#[test]
fn a_mistake_is_answered_with_the_columns() {
    for filter in ["application = 'calc'", "app ==== 1", "app = ", "unknown(app)", "app"] {
        let error = taken(filter).unwrap_err().to_string();
        assert!(error.contains("action_kind (Utf8)"), "{error}");
    }
    let error = taken("repeat(app, 2) = 'x'").unwrap_err().to_string();
    assert!(error.contains("the function repeat") && error.contains("starts_with"), "{error}");
}

#[test]
fn an_error_never_holds_the_content_of_a_step() {
    // Step 1 was typed "it's line 1": the cast fails on it, and DataFusion's own message would quote it.
    let error = taken("CAST(text AS INT) = 3").unwrap_err();
    let printed = format!("{error} {error:?}");
    assert!(matches!(error, FilterError::NotComputable { .. }));
    assert!(!printed.contains("line"), "{printed}");
}

#[test]
fn a_filter_takes_the_steps_that_it_names() {
    assert_eq!(taken("app = 'calc'").unwrap(), [vec![true, false, true, false], vec![true, false, true]]);
    assert_eq!(taken("text LIKE 'it%' OR ordinal BETWEEN 2 AND 2").unwrap()[1], [false, true, true]);
    assert_eq!(taken("lower(app) IN ('mail')").unwrap()[1], [false, true, false]);
    assert_eq!(taken("regexp_like(app, '^c')").unwrap()[1], [true, false, true]);
}

#[test]
fn what_is_absent_is_not_true() {
    assert_eq!(taken("text <> 'x'").unwrap()[1], [false, true, false]);
    assert!(taken("NULL").is_err() && taken("NULL = 1").unwrap().concat().iter().all(|taken| !taken));
}

#[test]
fn the_longest_and_deepest_filter_is_answered() {
    let longest = crate::recipe::FILTER_BYTES_MAX;
    let term = "ordinal=1 OR ";
    let wide = format!("{}ordinal=2", term.repeat(longest / term.len() - 1));
    assert_eq!(taken(&wide).unwrap()[1], [false, true, true]);
    for deep in
        ["(".repeat(longest / 2) + "true", "NOT ".repeat(longest / 4 - 2) + "true", "-".repeat(longest)]
    {
        let _ = taken(&deep);
    }
}

#[test]
fn rows_of_other_steps_are_refused() {
    let mut one = session(1, 1, 4);
    one.steps.swap(1, 2);
    assert!(matches!(select(None, &[one]), Err(FilterError::Rows { .. })));
    let mut short = session(1, 1, 4);
    short.rows = short.rows.slice(0, 3);
    assert!(matches!(select(Some("true"), &[short]), Err(FilterError::Rows { .. })));
}

//! P1 as types: what must not compile does not compile.

#[test]
fn raw_and_redacted_cannot_be_got_around() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

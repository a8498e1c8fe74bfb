use proptest::prelude::*;

use super::*;

// The example of the Go package golang.org/x/mod/sumdb/note.
const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng\
                    otpRZb6KE6RyyBwJnAM=\n";

fn signer() -> SignerKey {
    SignerKey::from_text(SKEY).unwrap()
}

fn other_line(name: &str) -> String {
    let other = SignerKey::from_seed(name, &[9; 32]).unwrap();
    let note = Note::sign(TEXT, &other).unwrap();
    note.rsplit_once("\n\n").unwrap().1.to_owned()
}

fn read(note: &str) -> Result<(), NoteError> {
    let keys = [signer().verifier().clone()];
    Note::parse(note.as_bytes())?.verify(&keys, UnknownLines::Refuse).map(|_| ())
}

#[test]
fn a_signed_note_matches_the_go_packages_example() {
    let note = Note::sign(TEXT, &signer()).unwrap();
    assert_eq!(note, format!("{TEXT}\n{LINE}"));
    assert_eq!(read(&note), Ok(()));
    assert_eq!(Note::parse(note.as_bytes()).unwrap().text(), TEXT);
}

#[test]
fn an_unknown_line_is_refused_unless_allowed() {
    let note = format!("{TEXT}\n{LINE}{}", other_line("witness"));
    assert_eq!(read(&note), Err(NoteError::Unknown(1)));
    let keys = [signer().verifier().clone()];
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(parsed.verify(&keys, UnknownLines::Allow).unwrap(), [&keys[0]]);
}

#[test]
fn a_line_under_a_known_name_by_another_key_is_not_the_known_keys() {
    let note = format!("{TEXT}\n{}", other_line("PeterNeumann"));
    assert_eq!(read(&note), Err(NoteError::Unknown(0)));
    let keys = [signer().verifier().clone()];
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(parsed.verify(&keys, UnknownLines::Allow), Err(NoteError::Unsigned));
}

#[test]
fn a_note_in_another_form_is_refused() {
    let sound = format!("{TEXT}\n{LINE}");
    let cases = [
        (String::new(), NoteError::Form),
        (TEXT.to_owned(), NoteError::Form),
        (format!("{TEXT}\n"), NoteError::Form),
        (format!("{TEXT}{LINE}"), NoteError::Form),
        (sound.trim_end().to_owned(), NoteError::Form),
        (format!("{sound}\n"), NoteError::Form),
        (sound.replace('\n', "\r\n"), NoteError::Text),
        (sound.replace("\u{2014}", "-"), NoteError::Line(0)),
        (sound.replace(" x08", "  x08"), NoteError::Line(0)),
        (sound.replace("AM=", "AN="), NoteError::Line(0)),
        (sound.replace("AM=", "AM"), NoteError::Line(0)),
        (format!("{sound}x\n"), NoteError::Line(1)),
        (format!("{sound}{LINE}"), NoteError::Repeated(1)),
        (sound.replace("answer", "Answer"), NoteError::Signature(0)),
        (sound.replace("/ZJk", "/ZJl"), NoteError::Signature(0)),
    ];
    for (note, error) in cases {
        assert_eq!(read(&note), Err(error), "{note}");
    }
    assert_eq!(Note::parse(b"\xff\n\n\xe2\x80\x94 a b\n"), Err(NoteError::Text));
}

#[test]
fn a_note_without_bounds_is_refused() {
    let long = format!("{}\n\n{LINE}", "x".repeat(NOTE_BYTES_MAX));
    assert!(matches!(Note::parse(long.as_bytes()), Err(NoteError::Long(_))));
    let lines: String = (0..NOTE_SIGNATURES_MAX).map(|n| other_line(&format!("witness{n}"))).collect();
    assert!(Note::parse(format!("{TEXT}\n{lines}").as_bytes()).is_ok(), "16 must be read");
    let lines = format!("{TEXT}\n{lines}{LINE}");
    assert_eq!(Note::parse(lines.as_bytes()), Err(NoteError::Signatures));
}

#[test]
fn every_changed_byte_of_a_note_is_found() {
    let note = Note::sign(TEXT, &signer()).unwrap().into_bytes();
    let keys = [signer().verifier().clone()];
    for at in 0..note.len() {
        let mut changed = note.clone();
        changed[at] ^= 1 << (at % 8);
        let accepted = Note::parse(&changed).and_then(|n| n.verify(&keys, UnknownLines::Refuse).map(|_| ()));
        assert!(accepted.is_err(), "byte {at}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_note_or_an_error(text in "[a\n ]{0,20}\n\n(\u{2014} [a+ ]{0,4} ?[A-Za-z=]{0,12}\n){0,3}") {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert!(text.starts_with(note.text()));
        }
    }
}

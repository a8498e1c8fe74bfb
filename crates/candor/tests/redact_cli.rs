//! `candor redact` as outside programs call it: what they may rely on, and that it fails closed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::{CANDOR, isolated};

/// `candor` with this on its standard input.
fn candor(words: &[&str], input: &[u8]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(CANDOR);
    command.args(words).env_remove("CANDOR_MODELS");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = isolated(&mut command, dir.path()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that ends early closes the pipe: its exit code is what counts then.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn jsonl(texts: &[Value]) -> Vec<u8> {
    texts.iter().fold(Vec::new(), |all, line| [all, line.to_string().into_bytes(), vec![b'\n']].concat())
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

const JSONL: [&str; 5] = ["redact", "text", "--jsonl", "--profile", "fast"];

#[test]
fn answers_come_in_the_order_of_the_questions_with_their_ids() {
    // Long and short by turns, and more than one piece of input: threads end at different times.
    let filler = "nothing to see here. ".repeat(40);
    let text = |n: usize| if n.is_multiple_of(7) { filler.as_str() } else { "call anna@example.org" };
    let questions: Vec<Value> = (0..6000).map(|n| json!({"id": n, "text": text(n), "more": [n]})).collect();
    let output = candor(&[&JSONL[..], &["--threads", "4"]].concat(), &jsonl(&questions));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let answers = lines(&output);
    assert_eq!(answers.len(), questions.len());
    for (n, answer) in answers.iter().enumerate() {
        let fields: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["id", "spans", "text"]);
        assert_eq!(answer["id"], n);
        assert_eq!(answer["spans"].as_array().unwrap().is_empty(), n.is_multiple_of(7), "{answer}");
    }
}

#[test]
fn an_id_of_any_type_comes_back_as_it_was() {
    let ids = [json!("a\"ü"), json!(7), json!(null), json!({"deep": [1, 2]}), json!(true)];
    let questions: Vec<Value> = ids.iter().map(|id| json!({"id": id, "text": "x"})).collect();
    let answers = lines(&candor(&JSONL, &jsonl(&questions)));
    assert!(answers.iter().zip(&ids).all(|(answer, id)| answer["id"] == *id), "{answers:?}");
}

#[test]
fn places_count_unicode_characters_and_types_are_labels() {
    // Two-, three- and four-byte characters, a combining mark and a right-to-left word before what is found.
    for before in ["", "é", "日本", "😀😀 ", "e\u{301} ", "שלום ", "Ünïcödé: "] {
        let text = format!("{before} anna@example.org, then 4111 1111 1111 1111.");
        let answers = lines(&candor(&JSONL, &jsonl(&[json!({"id": 1, "text": text})])));
        let characters: Vec<char> = text.chars().collect();
        let found: Vec<(String, &str)> = answers[0]["spans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|span| {
                let place = |end: &str| usize::try_from(span[end].as_u64().unwrap()).unwrap();
                (characters[place("start")..place("end")].iter().collect(), span["type"].as_str().unwrap())
            })
            .collect();
        let asked = [("anna@example.org", "EMAIL"), ("4111 1111 1111 1111", "CARD")];
        for (what, kind) in asked {
            assert!(found.iter().any(|(text, k)| text == what && *k == kind), "{before:?}: {found:?}");
        }
        let left = answers[0]["text"].as_str().unwrap();
        assert!(!left.contains("anna@") && !left.contains("4111") && left.contains("then"), "{left}");
    }
}

#[test]
fn a_broken_line_ends_with_4_names_the_line_and_not_its_text() {
    let good = r#"{"id":1,"text":"mail anna@example.org"}"#;
    let broken = [
        r#"{"id":2,"text":"Zarquon"#,
        r#"{"id":2,"words":"Zarquon"}"#,
        r#"{"id":2,"text":["Zarquon"]}"#,
        r#""Zarquon""#,
        "Zarquon",
        "{\"id\":2,\"text\":\"Zarquon \u{0}\"}",
    ];
    for bad in broken {
        let output = candor(&JSONL, format!("{good}\n\n{bad}\n{good}\n").as_bytes());
        let told = told(&output);
        assert_eq!(output.status.code(), Some(4), "{bad}: {told}");
        assert!(told.contains("line 3") && !told.contains("Zarquon"), "{bad}: {told}");
        // What came before is whole, and what came after was not reached.
        assert_eq!(lines(&output).len(), 1, "{bad}: {told}");
    }
    let bytes = [b"{\"id\":2,\"text\":\"Zarquon ".as_slice(), b"\xff\xfe\"}\n"].concat();
    let output = candor(&JSONL, &bytes);
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
}

#[test]
fn empty_input_gives_empty_output() {
    for words in [&JSONL[..], &["redact", "text", "--profile", "fast"]] {
        for input in [&b""[..], b"\n", b"\n\n"] {
            let output = candor(words, input);
            assert_eq!(output.status.code(), Some(0), "{}", told(&output));
            assert!(output.stdout.trim_ascii().is_empty());
        }
    }
    let answers = lines(&candor(&JSONL, &jsonl(&[json!({"id": 1, "text": ""})])));
    assert_eq!(answers, [json!({"id": 1, "spans": [], "text": ""})]);
}

#[test]
fn redacting_twice_changes_nothing_more() {
    let gold = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/deid/second.jsonl");
    let gold = std::fs::read(gold).unwrap();
    let first = lines(&candor(&JSONL, &gold));
    let again: Vec<Value> = first.iter().map(|a| json!({"id": a["id"], "text": a["text"]})).collect();
    for (once, twice) in first.iter().zip(lines(&candor(&JSONL, &jsonl(&again)))) {
        assert_eq!(once["text"], twice["text"]);
        assert_eq!(twice["spans"], json!([]), "{once}");
    }
}

#[test]
fn help_names_every_profile_and_an_unknown_one_is_refused() {
    for command in ["text", "image", "score", "bench"] {
        let output = candor(&["redact", command, "--help"], b"");
        assert_eq!(output.status.code(), Some(0));
        assert!(told(&output).contains("Usage: candor redact"), "{}", told(&output));
    }
    let help = told(&candor(&["redact", "text", "--help"], b""));
    assert!(
        ["--jsonl", "--profile", "--models", "fast", "standard", "strict"].iter().all(|w| help.contains(w))
    );
    let output = candor(&["redact", "text", "--profile", "lax"], b"anna@example.org");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("strict") && output.stdout.is_empty(), "{}", told(&output));
}

#[test]
fn without_its_models_nothing_is_redacted_and_nothing_comes_out() {
    let empty = tempfile::tempdir().unwrap();
    let nowhere = empty.path().join("nowhere");
    for folder in [nowhere.as_path(), empty.path()] {
        for profile in ["fast", "standard", "strict"] {
            let words = ["redact", "text", "--profile", profile, "--models", folder.to_str().unwrap()];
            let output = candor(&words, b"write to anna@example.org");
            assert_eq!(output.status.code(), Some(4), "{}", told(&output));
            assert!(output.stdout.is_empty() && told(&output).contains("model"), "{}", told(&output));
        }
    }
}

#[test]
fn a_model_of_other_bytes_is_refused() {
    for name in ["tagger.bin", "ner/model_q4.onnx", "ner/vocab.txt"] {
        let dir = damaged(name);
        let models = dir.path().join("models");
        let words = ["redact", "text", "--profile", "standard", "--models", models.to_str().unwrap()];
        let output = candor(&words, b"write to anna@example.org");
        assert_eq!(output.status.code(), Some(4), "{name}: {}", told(&output));
        assert!(output.stdout.is_empty() && told(&output).contains(name), "{name}: {}", told(&output));
    }
    for name in ["ocr/det.onnx", "ocr/rec.onnx", "ocr/characters.txt", "faces/blazeface.onnx"] {
        let dir = damaged(name);
        let (models, out) = (dir.path().join("models"), dir.path().join("out.png"));
        let frame = support::fixture("mail-and-form/frames/0001.png");
        let words = ["redact", "image", frame.to_str().unwrap(), out.to_str().unwrap(), "--profile", "fast"];
        let output = candor(&[&words[..], &["--models", models.to_str().unwrap()]].concat(), b"");
        assert_eq!(output.status.code(), Some(4), "{name}: {}", told(&output));
        assert!(!out.exists() && told(&output).contains(name), "{name}: {}", told(&output));
    }
}

/// The shipped models, with one bit of this file another one.
fn damaged(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    support::copy(&shipped(), &dir.path().join("models"));
    let file = dir.path().join("models").join(name);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    support::put(&file, &bytes);
    dir
}

#[test]
fn a_picture_that_is_none_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let frame = std::fs::read(support::fixture("mail-and-form/frames/0001.png")).unwrap();
    let cut = &frame[..frame.len() / 2];
    for (name, bytes) in [("empty", &b""[..]), ("text", b"hello"), ("cut", cut)] {
        let (input, out) = (dir.path().join(name), dir.path().join(format!("{name}.out.png")));
        support::put(&input, bytes);
        let words = ["redact", "image", input.to_str().unwrap(), out.to_str().unwrap(), "--profile", "fast"];
        let output = candor(&words, b"");
        assert_eq!(output.status.code(), Some(4), "{name}: {}", told(&output));
        assert!(!out.exists() && !told(&output).contains("panicked"), "{name}: {}", told(&output));
    }
}

/// A folder of lists of an organisation.
fn lists(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        support::put(&folder.path().join(name), text.as_bytes());
    }
    folder
}

const WARD: &str = "[[rule]]\nname = \"ward\"\nkind = \"ID\"\npattern = 'W-\\d{4}'\nfinds = [\"bed {W-1234}\"]\npasses = [\"W-1\"]\n";

#[test]
fn what_an_organisation_knows_is_found_and_its_hashed_list_tells_nobody() {
    let key = lists(&[("k", "00112233445566778899aabbccddeeff\n")]);
    let key = key.path().join("k");
    let hashed = candor(&["redact", "hash", "--key", &key.display().to_string()], b"Zyxwich Quorraline\n\n");
    assert_eq!(hashed.status.code(), Some(0), "{}", told(&hashed));
    let tags = String::from_utf8(hashed.stdout).unwrap();
    assert!(tags.trim().len() == 64 && !tags.to_lowercase().contains("zyx"), "{tags}");
    let folder = lists(&[
        ("people.txt", "# ours\nBrixel Tanzow\n"),
        ("words.txt", "blue lantern\n"),
        ("hashed.txt", &tags),
        ("hashed.key", "00112233445566778899aabbccddeeff"),
        ("rules.toml", WARD),
    ]);
    let folder = folder.path().display().to_string();
    let texts =
        ["ask brixel tanzow", "the blue lantern plan", "zyxwich quorraline called", "bed W-0042 is free"];
    let questions: Vec<Value> = texts.iter().map(|text| json!({"id": 1, "text": text})).collect();
    let without = lines(&candor(&JSONL, &jsonl(&questions)));
    let with = lines(&candor(&[&JSONL[..], &["--lists", &folder]].concat(), &jsonl(&questions)));
    let all = |answers: &[Value]| answers.iter().map(|a| a["text"].to_string()).collect::<String>();
    assert!(all(&without).contains("W-0042") && all(&without).contains("lantern"), "{}", all(&without));
    for gone in ["tanzow", "lantern", "zyxwich", "W-0042"] {
        assert!(!all(&with).contains(gone), "{gone} in {}", all(&with));
    }
    let checked = candor(&["redact", "lists", &folder, "--json"], b"");
    let held: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(held, json!({"people": 1, "words": 1, "allowed": 0, "hashed": true, "rules": 1}));
}

#[test]
fn a_folder_of_lists_that_cannot_be_read_whole_stops_the_work() {
    for (files, why) in [
        (vec![("peoples.txt", "x")], "no list that is known"),
        (vec![("hashed.txt", "00")], "go together"),
        (vec![("hashed.txt", "zz"), ("hashed.key", "00112233445566778899aabbccddeeff")], "no tag"),
        (vec![("hashed.txt", ""), ("hashed.key", "0011")], "holds no key"),
        (vec![("rules.toml", "[[rule]]\nname = \"x\"\n")], "rules.toml"),
        (vec![("rules.toml", &WARD.replace("bed {W-1234}", "bed {W-12345}"))], "ward"),
        (vec![("rules.toml", &WARD.replace("\"ID\"", "\"WARD\""))], "the kinds are"),
        (vec![("people.txt", "x\n")], "shorter than 2"),
    ] {
        let folder = lists(&files);
        let folder = folder.path().display().to_string();
        let output = candor(&["redact", "text", "--profile", "fast", "--lists", &folder], b"W-1234 stays in");
        assert_eq!(output.status.code(), Some(4), "{why}: {}", told(&output));
        assert!(told(&output).contains(why) && output.stdout.is_empty(), "{why}: {}", told(&output));
    }
    let output = candor(&["redact", "text", "--profile", "fast", "--lists", "nowhere"], b"x");
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
}

#[test]
fn what_is_measured_is_measured_with_the_lists_or_not_at_all() {
    let bench = ["redact", "bench", "--only", "--profile", "fast"];
    for option in ["--lists", "--people", "--words", "--allowed"] {
        let output = candor(&[&bench[..], &[option, "nowhere"]].concat(), b"");
        assert_eq!(output.status.code(), Some(4), "{option}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{option}: {}", told(&output));
    }
}

#[test]
fn what_lies_across_the_cuts_of_a_line_without_end_does_not_come_out() {
    let lines = [
        "lorem ipsum dolor, 4111 1111 1111 1111 maria.lopez@example.com Rebecca Holloway ".repeat(27_000),
        format!("4111111111111111,{}", "x".repeat(13)).repeat(73_000),
        "maria.lopez@example.com;".repeat(92_000),
    ];
    for line in lines {
        let output = candor(&["redact", "text", "--profile", "fast", "--threads", "2"], line.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        let left = String::from_utf8(output.stdout).unwrap();
        for raw in ["4111", "1111", "maria", "lopez", "mple", "Rebecca", "Holloway"] {
            assert!(!left.contains(raw), "{raw}");
        }
        // Nothing is lost or said twice.
        for kept in ["lorem", ",", ";"] {
            assert_eq!(left.matches(kept).count(), line.matches(kept).count(), "{kept}");
        }
    }
}

#[test]
fn lines_that_no_model_reads_are_told_once_a_run_and_not_in_the_answers() {
    let polish = "Proszę zadzwonić do Kowalskiej przed południem, bo zamówienie jest gotowe";
    let other = ["Ask Zoë about the café", polish, "Анна Петрова пришла", &format!("{polish}\n{polish}")];
    let questions: Vec<Value> = other.iter().map(|text| json!({"id": 1, "text": text})).collect();
    let output = candor(&JSONL, &jsonl(&questions));
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(err.matches("2 lines are in a language that the models do not know").count(), 1, "{err}");
    assert_eq!(err.matches("1 line has words in a script that the models do not read").count(), 1, "{err}");
    assert!(lines(&output).iter().all(|answer| answer.as_object().unwrap().len() == 3));
    let plain = candor(&["redact", "text", "--profile", "fast"], other.join("\n").as_bytes());
    let err = String::from_utf8_lossy(&plain.stderr);
    assert_eq!(err.matches("3 lines are in a language that the models do not know").count(), 1, "{err}");
    let known = candor(&JSONL, &jsonl(&questions[..1]));
    assert!(!told(&known).contains("models do not"), "{}", told(&known));
}

#[test]
fn a_table_longer_than_a_piece_of_input_is_read_by_its_heads_to_the_end() {
    let rows: Vec<String> = (0..60_000).map(|n| format!("E{n:05};{}\n", n % 7)).collect();
    let rows = rows.concat();
    let output =
        candor(&["redact", "text", "--profile", "fast"], format!("employee_id;floor\n{rows}").as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let left = text.lines().skip(1).find(|line| !line.starts_with("[ID_"));
    assert_eq!((text.lines().count(), left), (60_001, None));
}

/// A text with a person, an address of mail, a card and a date.
const PERSONAL: &str =
    "Ask Alice Henderson (alice@mail.example.test), card 4111 1111 1111 1111, born 1990-05-16.";

#[test]
fn surrogates_are_given_to_the_kinds_that_were_asked_for_and_told() {
    let question = jsonl(&[json!({"id": 1, "text": PERSONAL})]);
    let plain = lines(&candor(&JSONL, &question)).remove(0);
    let chosen =
        lines(&candor(&[&JSONL[..], &["--surrogates", "person,CARD"]].concat(), &question)).remove(0);
    let spans = |answer: &Value| answer["spans"].as_array().unwrap().clone();
    assert!(spans(&plain).iter().all(|span| span.get("surrogate").is_none()));
    let kinds: Vec<_> = spans(&chosen)
        .iter()
        .map(|span| (span["type"].as_str().unwrap().to_owned(), span.get("surrogate").is_some()))
        .collect();
    assert_eq!(
        kinds,
        [("PERSON", true), ("EMAIL", false), ("CARD", true), ("DATE", false)].map(|(k, s)| (k.to_owned(), s))
    );
    let text = chosen["text"].as_str().unwrap();
    assert!(text.contains("[EMAIL_1]") && !text.contains("[PERSON") && !text.contains("Alice"), "{text}");
    let again = lines(&candor(&JSONL, &jsonl(&[json!({"id": 1, "text": text})]))).remove(0);
    assert_eq!(again["text"], chosen["text"]);
    let all = candor(&["redact", "text", "--profile", "fast", "--surrogates", "all"], PERSONAL.as_bytes());
    assert!(!String::from_utf8_lossy(&all.stdout).contains('['));
    assert!(told(&all).contains("4 names and numbers in the output are surrogates"), "{}", told(&all));
    let refused = candor(&["redact", "text", "--surrogates", "secret"], b"");
    assert_eq!(refused.status.code(), Some(2));
    assert!(told(&refused).contains("person, email, phone, card, iban, ip, date and all"));
}

#[test]
fn an_output_file_is_whole_or_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let named = path.to_str().unwrap();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let broken = [jsonl(&[json!({"id": 1, "text": PERSONAL})]), b"no json\n".to_vec()].concat();
    let output = candor(&[&JSONL[..], &["--output", named]].concat(), &broken);
    assert_eq!((output.status.code(), files()), (Some(4), 0));
    assert!(told(&output).contains("no file was written"), "{}", told(&output));
    let question = jsonl(&[json!({"id": 1, "text": PERSONAL})]);
    let output = candor(&[&JSONL[..], &["--output", named]].concat(), &question);
    assert!(output.status.success() && output.stdout.is_empty());
    assert_eq!(std::fs::read(&path).unwrap(), candor(&JSONL, &question).stdout);
    assert_eq!(files(), 1);
}

/// Ctrl-C while text is still coming: the program ends with 130 and leaves no file, whole or half.
#[test]
#[cfg(unix)]
fn ctrl_c_leaves_no_half_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.txt");
    let mut command = Command::new(CANDOR);
    command.args(["redact", "text", "--profile", "fast", "--output", path.to_str().unwrap()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let home = tempfile::tempdir().unwrap();
    let mut child = isolated(&mut command, home.path()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = format!("{PERSONAL}\n").repeat(4000);
    let part = folder.path().join("out.txt.part");
    let written = || part.metadata().is_ok_and(|part| part.len() > 0);
    // The file has begun to grow: the program is in the middle of its work.
    while !written() {
        stdin.write_all(text.as_bytes()).unwrap();
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    // It goes on until it notices; then the pipe breaks.
    while stdin.write_all(text.as_bytes()).is_ok() {}
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

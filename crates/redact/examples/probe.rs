//! Untracked: marks lines of standard input under a profile.
use candor_redact::{Lists, Models, Profile, Raw, TextMarker};
use std::io::{BufRead, Write};
fn main() {
    let profile: Profile = std::env::args().nth(1).unwrap().parse().unwrap();
    let models = Models::open(std::path::Path::new("models")).unwrap();
    let mut marker = TextMarker::new(profile, &models, Lists::default(), [3; 32]).unwrap();
    let out = std::io::stdout();
    let mut out = std::io::BufWriter::new(out.lock());
    for line in std::io::stdin().lock().lines() {
        // A line may write \n for a break.
        let text = line.unwrap().replace('\u{240a}', "\n");
        let found = marker.mark(Raw::seal(text));
        let spans: Vec<String> =
            found.spans.iter().map(|s| format!("{},{},{:?}", s.start, s.end, s.kind)).collect();
        writeln!(out, "{}\u{1f}{}", found.text.replace('\n', "\u{240a}"), spans.join(";")).unwrap();
    }
}

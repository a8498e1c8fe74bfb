use candor_redact::Raw;

fn main() {
    let mut raw = Raw::seal(String::from("secret"));
    let _ = raw.open();
    let _ = raw.open_mut();
    let _ = raw.0;
}

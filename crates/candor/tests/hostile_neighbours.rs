//! Neighbours of the server that stall, lie, fill and fail: what the people need of it goes on.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests, which fail like tests"
)]
#![expect(clippy::disallowed_methods, reason = "a test has a clock of its own")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{CANDOR, Road, files, isolated};

/// More slow clients than the server takes requests of any kind at once.
const SLOW_CLIENTS: usize = 80;
/// How long a lease is held back while the program runs.
const HELD: Duration = Duration::from_secs(6);
/// Time for questions to arrive.
const ARRIVED: Duration = Duration::from_millis(500);

fn host(road: &Road) -> &str {
    road.address.trim_start_matches("http://")
}

/// Sends the head of a request, and nothing of its body.
fn head_only(road: &Road, route: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host(road)).unwrap();
    let head = format!("POST {route} HTTP/1.1\r\nHost: {}\r\nContent-Length: 900000\r\n\r\n", host(road));
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn request(stream: &mut TcpStream) -> Vec<u8> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return bytes;
            }
        }
        let read = stream.read(&mut part).unwrap();
        bytes.extend_from_slice(&part[..read]);
    }
}

/// Stands between one client and the server, once.
fn between<T: Send + 'static>(
    road: &Road,
    then: impl FnOnce(TcpStream, TcpStream) -> T + Send + 'static,
) -> (String, std::thread::JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = host(road).to_owned();
    let thread = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let asked = request(&mut client);
        let mut server = TcpStream::connect(server).unwrap();
        server.write_all(&asked).unwrap();
        then(client, server)
    });
    (address, thread)
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(25), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn clients_that_send_nothing_hold_up_no_halt_no_lease_and_no_withdrawal() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    let routes =
        ["/api/v1/bundles", "/api/v1/datasets", "/api/v1/programs", "/api/v1/acts", "/api/v1/leases"];
    let slow: Vec<TcpStream> =
        routes.iter().flat_map(|route| (0..SLOW_CLIENTS).map(|_| head_only(&road, route))).collect();
    let begun = Instant::now();
    road.types("wanda", &["halt", "--reason", "look at this first"]);
    road.types("anna", &["withdraw"]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    drop(slow);
}

/// Asks for the next lease: what it says, and how long it was held back.
fn next_lease(road: &Road, program: &str) -> std::thread::JoinHandle<(serde_json::Value, Duration)> {
    let (url, asked) = (format!("{}/api/v1/leases/next", road.address), Instant::now());
    let request = serde_json::json!({ "program": program });
    std::thread::spawn(move || {
        let envelope: serde_json::Value =
            ureq::post(url).send_json(request).unwrap().body_mut().read_json().unwrap();
        let payload = data_encoding::BASE64.decode(envelope["payload"].as_str().unwrap().as_bytes()).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        (said["predicate"]["state_ok"].clone(), asked.elapsed())
    })
}

#[test]
fn a_lease_is_held_back_until_there_is_a_halt_and_holds_up_no_act() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    let program = road.types("audrey", &["program", "list"])[0]["program"].as_str().unwrap().to_owned();
    let (goes_on, held) = next_lease(&road, &program).join().unwrap();
    assert!(goes_on == true && held >= HELD, "{goes_on} {held:?}");
    let waiting: Vec<_> = (0..SLOW_CLIENTS).map(|_| next_lease(&road, &program)).collect();
    std::thread::sleep(ARRIVED);
    road.types("wanda", &["halt", "--reason", "look at this first"]);
    for waits in waiting {
        let (goes_on, held) = waits.join().unwrap();
        assert!(goes_on == false && held < HELD, "{goes_on} {held:?}");
    }
    assert_eq!(next_lease(&road, &program).join().unwrap().0, false);
}

#[test]
fn a_server_that_ends_holds_no_lease_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut road = Road::open(dir.path());
    road.start_program();
    let program = road.types("audrey", &["program", "list"])[0]["program"].as_str().unwrap().to_owned();
    let waits = next_lease(&road, &program);
    std::thread::sleep(ARRIVED);
    road.end_server();
    let (goes_on, held) = waits.join().unwrap();
    assert!(goes_on == true && held < HELD, "{goes_on} {held:?}");
}

#[test]
fn programs_that_strangers_propose_are_refused_and_a_halt_finds_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    let charter = dir.path().join("draft/charter.toml");
    let text = std::fs::read_to_string(&charter).unwrap();
    support::put(&charter, text.replace("title = \"Pilot\"", "title = \"Another\"").as_bytes());
    // Ravi's key is a recipient's, not a signer's.
    let told = road.fails("ravi", &["program", "propose", &road.path("draft")], 3);
    assert!(told.contains("not signed by a signer"), "{told}");
    assert_eq!(road.types("audrey", &["program", "list"]).as_array().unwrap().len(), 1);
    road.types("priya", &["program", "propose", &road.path("draft")]);
    assert_eq!(road.types("audrey", &["program", "list"]).as_array().unwrap().len(), 2);
    road.types("wanda", &["halt", "--reason", "look at this first"]);
    let again = road.fails("wanda", &["halt", "--reason", "again"], 3);
    assert!(again.contains("no running program names your key"), "{again}");
}

#[test]
fn a_device_keeps_no_proof_of_an_erasure_that_the_log_does_not_hold() {
    let dir = tempfile::tempdir().unwrap();
    let mut road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    let honest = road.address.clone();
    let (address, thread) = between(&road, |mut client, mut server| {
        let answer = request(&mut server);
        let answer = String::from_utf8(answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut told: serde_json::Value = serde_json::from_str(body).unwrap();
        let salt = told["proof"]["salt"].as_str().unwrap().to_owned();
        let other = if salt.starts_with('0') { "1" } else { "0" };
        told["proof"]["salt"] = format!("{other}{}", &salt[1..]).into();
        let body = told.to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        client.write_all(head.as_bytes()).unwrap();
        client.write_all(body.as_bytes()).unwrap();
    });
    road.address = address;
    let told = road.fails("anna", &["withdraw"], 4);
    assert!(told.contains("not shown to stand in the log"), "{told}");
    thread.join().unwrap();
    let kept = || files(&dir.path().join("people/anna/programs"));
    let proof = |name: &str| kept().iter().any(|file| file.ends_with(name));
    assert!(!proof("erasure.dsse.json") && !proof("erasure-proof.json"));
    road.address = honest;
    road.types("anna", &["withdraw"]);
    assert!(proof("erasure.dsse.json") && proof("erasure-proof.json"));
}

#[test]
fn an_erasure_that_failed_is_told_and_finished_by_the_server_itself() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    // A file where a folder belongs: what lies ready to be sent cannot be looked for.
    let exports = dir.path().join("server/exports");
    support::put(&exports, b"in the way");
    assert!(!road.run("anna", &["withdraw"]).status.success());
    let doctor = || String::from_utf8(road.run("audrey", &["doctor"]).stdout).unwrap();
    assert!(doctor().contains("a withdrawal is not finished"), "{}", doctor());
    std::fs::remove_file(&exports).unwrap();
    until("nobody finished the erasure", || {
        doctor().contains("every erasure that was asked for is finished")
    });
}

#[test]
fn what_a_stalled_recipient_did_not_read_is_gone_when_an_erasure_is_proven() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    // Sheets keep their content, so that there is more to send than the sockets hold.
    for person in ["anna", "ben"] {
        road.agree(person, &["libreoffice-calc"]);
        let session = road.import(person, "spreadsheet");
        road.release(person, &session);
    }
    support::put(&dir.path().join("recipe.toml"), support::RECIPE.as_bytes());
    let mut compile = Command::new(CANDOR);
    compile.args(["dataset", "compile", &road.path("recipe.toml"), "--out", &road.path("out"), "--json"]);
    compile.arg("--home").arg(dir.path().join("people/ravi")).arg("--server").arg(stalling(&road));
    compile.stdin(Stdio::null()).stdout(Stdio::null());
    let mut compile = isolated(&mut compile, dir.path()).spawn().unwrap();
    let ready =
        || files(&dir.path().join("server/exports")).iter().any(|file| file.ends_with("evidence/SEAL"));
    until("nothing was being sent", || ready() && road.run("audrey", &["program", "list"]).status.success());
    let exports = dir.path().join("server/exports");
    assert!(!files(&exports).is_empty(), "nothing was being sent");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&exports.metadata().unwrap().permissions()) & 0o777,
        0o700
    );
    road.types("anna", &["withdraw"]);
    assert_eq!(files(&exports), Vec::<std::path::PathBuf>::new());
    compile.kill().unwrap();
    compile.wait().unwrap();
}

/// Passes requests on, and the answers to all but the one for a dataset, of which it reads nothing.
fn stalling(road: &Road) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = host(road).to_owned();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for client in listener.incoming() {
            let (mut client, mut server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            let asked = request(&mut client);
            let stalls = asked.starts_with(b"POST");
            let asked = String::from_utf8_lossy(&asked).replacen("\r\n", "\r\nConnection: close\r\n", 1);
            server.write_all(asked.as_bytes()).unwrap();
            if stalls {
                held.push((client, server));
                continue;
            }
            let mut answer = Vec::new();
            server.read_to_end(&mut answer).unwrap();
            client.write_all(&answer).unwrap();
        }
    });
    address
}

#[test]
fn counts_and_moments_of_datasets_are_told_in_bands_and_days() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("ben", &["browser", "text-editor", "libreoffice-calc"]);
    let session = road.import("ben", "spreadsheet");
    road.release("ben", &session);
    road.compile("first");
    road.types("ben", &["withdraw"]);
    let told = road.types("audrey", &["dataset", "list"]);
    assert_eq!(told[0]["sessions"], "fewer than 10");
    assert!(
        told[0]["steps"].as_str().unwrap().contains(" 10")
            || told[0]["steps"].as_str().unwrap().ends_with('0')
    );
    assert_eq!(told[0]["flagged_at"].as_str().unwrap().len(), "2026-01-01".len());
}

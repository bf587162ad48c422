//! The commands, as somebody types them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use castad_tests::{Castad, Folder};
use serde_json::Value;

async fn run(folder: &Folder, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Castad::command(folder.path()).args(args).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn make_writes_a_film_and_tells_programs_how_it_went() {
    let folder = Folder::new();
    let args = [
        "make",
        "--business",
        "Blue Door",
        "--region",
        "Seoul",
        "--language",
        "en",
        "--orientation",
        "square",
        "--seed",
        "5",
        "--out",
        "가게 광고.mp4",
        "--json",
    ];
    let (code, out, error) = run(&folder, &args).await;
    assert_eq!(code, Some(0), "{error}");
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!((&last["out"], &last["orientation"]), (&"가게 광고.mp4".into(), &"square".into()));
    assert!(last["seconds"].is_number() && last["language"] == "en");
    for stage in ["lyric", "song", "video"] {
        assert!(lines.iter().any(|line| line["stage"] == stage && line["status"] == "ready"));
    }
    let film = std::fs::read(folder.path().join("가게 광고.mp4")).unwrap();
    assert_eq!(&film[4..8], b"ftyp");
}

#[tokio::test]
async fn bad_input_is_told_before_anything_is_begun() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("lies.jpg"), "<html>no picture</html>").unwrap();
    for (args, code, told) in [
        (vec!["make", "--business", "☕"], 2, "--business: the character U+2615"),
        (vec!["make", "--language", "fr"], 2, "must be one of ko, en"),
        (vec!["make", "--image", "lies.jpg"], 1, "lies.jpg: "),
        (vec!["make", "--image", "nothing.jpg"], 1, "nothing.jpg cannot be read"),
        (vec!["make", "--out", "no/such/folder/ad.mp4"], 1, "cannot be written"),
        (vec!["dance"], 2, "unrecognized subcommand"),
    ] {
        let (ended, _, error) = run(&folder, &args).await;
        assert_eq!(ended, Some(code), "{args:?}: {error}");
        assert!(error.contains(told), "{args:?}: {error}");
    }
}

#[tokio::test]
async fn the_configuration_is_checked_by_itself() {
    let folder = Folder::new();
    assert_eq!(run(&folder, &["check-config"]).await.0, Some(0));
    std::fs::write(folder.path().join("castad.toml"), "bind = \"here\"\ncolour = 1\n").unwrap();
    let (code, _, error) = run(&folder, &["check-config"]).await;
    assert_eq!(code, Some(2));
    assert!(
        error.contains("2 fault(s)") && error.contains("CASTAD_BIND") && error.contains("colour"),
        "{error}"
    );
}

#[tokio::test]
async fn a_data_folder_of_a_newer_version_is_refused_and_left_alone() {
    let folder = Folder::new();
    assert_eq!(run(&folder, &["migrate"]).await.0, Some(0));
    std::fs::write(folder.path().join("layout"), "99\n").unwrap();
    for command in ["serve", "work", "migrate", "make"] {
        let (code, _, error) = run(&folder, &[command]).await;
        assert_eq!(code, Some(1), "{command}");
        assert!(error.contains("made by a newer castad"), "{command}: {error}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("layout")).unwrap(), "99\n");
}

#[tokio::test]
async fn the_api_describes_itself() {
    let folder = Folder::new();
    let (code, out, _) = run(&folder, &["openapi"]).await;
    assert_eq!(code, Some(0));
    let document: Value = serde_json::from_str(&out).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn keys_are_made_for_some_things_listed_and_revoked() {
    let folder = Folder::new();
    let json = async |args: &[&str]| -> Value {
        let (code, out, error) = run(&folder, args).await;
        assert_eq!(code, Some(0), "{args:?}: {error}");
        serde_json::from_str(&out).unwrap()
    };
    json(&["keys", "create", "--json"]).await;
    let shop = ["keys", "create", "--member", "shop", "--json"];
    let limits = ["--scope", "read,points", "--expires-in-days", "90"];
    let made = json(&[&shop[..], &limits].concat()).await;
    assert_eq!(made["scopes"], serde_json::json!(["read", "points"]));
    assert!(made["key"].is_string() && made["expires_at"].is_string());

    let listed = json(&["keys", "list", "--member", "shop", "--json"]).await;
    let [only] = listed.as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&only["id"], &only["scopes"]), (&made["id"], &made["scopes"]));
    assert!(only["key"].is_null() && only["expired"] == false);
    let (_, text, _) = run(&folder, &["keys", "list", "--member", "shop"]).await;
    assert!(text.contains("read points") && text.contains("expires "), "{text}");

    let id = made["id"].as_str().unwrap();
    let (code, _, error) = run(&folder, &["keys", "revoke", id]).await;
    assert_eq!(code, Some(1), "it is not the owner's");
    assert!(error.contains("there is no such key"), "{error}");
    let revoked = json(&["keys", "revoke", id, "--member", "shop", "--json"]).await;
    assert_eq!(revoked["id"], made["id"]);
    assert_eq!(json(&["keys", "list", "--member", "shop", "--json"]).await, serde_json::json!([]));
    for (args, told) in [
        (&["keys", "create", "--scope", "write"][..], "must be one of read"),
        (&["keys", "create", "--expires-in-days", "0"], "from 1 to 3650"),
        (&["keys", "create", "--expires-in-days", "x"], "from 1 to 3650"),
        (&["keys", "list", "--member", "nobody"], "nobody is called nobody here"),
        (&["keys", "create", "--member", "shop", "--scope", "admin"], "for keys of admins"),
    ] {
        let (code, _, error) = run(&folder, args).await;
        assert_ne!(code, Some(0), "{args:?}");
        assert!(error.contains(told), "{args:?}: {error}");
    }
}

//! Every file of a model by digest: in folders, through the tracking server's artifact service.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gatewright::artifact::{Access, ArtifactError, LARGEST_MODEL, Location, model_files};
use gatewright::evidence::ModelFiles;

use super::support::fake_server::{Behaviour, FakeServer};
use Behaviour::{Answer, Each, Endless, Half, Hang, Reset, Whole};

const SERVICE: &str = "/api/2.0/mlflow-artifacts/artifacts";
const LOCATION: &str = "mlflow-artifacts:/1/models/m-1/artifacts";

/// Lists and reads a model with some variables set.
fn digests(
    location: &str,
    limit: u64,
    tracking_uri: &str,
    variables: &[(&str, &str)],
) -> Result<ModelFiles, ArtifactError> {
    let environment = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let access = Access::new(Path::new("/"), tracking_uri, &environment);
    model_files(&Location::parse(location)?, limit, &access)
}

fn in_folder(folder: &Path) -> Result<ModelFiles, ArtifactError> {
    let location = folder.to_str().unwrap();
    digests(location, LARGEST_MODEL, "sqlite:///mlflow.db", &[])
}

fn model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join("model").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("MLmodel", b"flavors: {}\n");
    write("data/model.pkl", &vec![7; 300_000]);
    write("data/ä b+100%.bin", b"");
    write("code/a/b/c.py", b"pass\n");
    folder
}

#[test]
fn a_folder_gives_what_sha256sum_prints() {
    let folder = model();
    let inside = folder.path().join("model");
    symlink("data/model.pkl", inside.join("alias.pkl")).unwrap();
    std::fs::create_dir(inside.join("nothing")).unwrap();
    let files = in_folder(&inside).unwrap();
    let line = "find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum";
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(&inside)
        .output()
        .unwrap();
    assert_eq!(files.manifest(), String::from_utf8(output.stdout).unwrap());
    assert_eq!((files.files().len(), files.bytes()), (5, 600_017));
    let uri = format!("file://{}", inside.display());
    assert_eq!(digests(&uri, LARGEST_MODEL, "", &[]).unwrap(), files);
}

#[test]
fn links_out_of_a_model_and_whatever_is_no_file_are_refused() {
    type Make = fn(&Path);
    let cases: [(&str, Make); 6] = [
        ("a link leads out of the model", |model| {
            symlink("../outside", model.join("link")).unwrap();
        }),
        ("a link leads out of the model", |model| {
            symlink("/etc", model.join("link")).unwrap();
        }),
        ("neither a file nor a folder", |model| {
            symlink("data", model.join("link")).unwrap();
        }),
        ("cannot read", |model| {
            symlink("none", model.join("link")).unwrap();
        }),
        ("neither a file nor a folder", |model| {
            let made = Command::new("mkfifo").arg(model.join("pipe")).status();
            assert!(made.unwrap().success());
        }),
        ("are one file on some file systems", |model| {
            std::fs::write(model.join("mlMODEL"), "").unwrap();
        }),
    ];
    for (words, make) in cases {
        let folder = model();
        std::fs::write(folder.path().join("outside"), "secret").unwrap();
        let inside = folder.path().join("model");
        make(&inside);
        let error = in_folder(&inside).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let error = in_folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("there are no files"), "{error}");
    let none = in_folder(&folder.path().join("none"));
    assert!(matches!(none, Err(ArtifactError::NoFolder { .. })));
    let small = model();
    let location = small.path().join("model");
    let small = digests(location.to_str().unwrap(), 1000, "", &[]);
    assert!(matches!(small, Err(ArtifactError::TooLarge { .. })));
}

#[test]
fn too_many_and_too_deep_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().join("deep");
    (0..40).for_each(|_| deep.push("d"));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("x"), "").unwrap();
    let error = in_folder(&folder.path().join("deep")).unwrap_err();
    assert!(error.to_string().contains("too deep"), "{error}");
    let many = folder.path().join("many");
    std::fs::create_dir(&many).unwrap();
    for n in 0..=10_000 {
        std::fs::File::create(many.join(n.to_string())).unwrap();
    }
    let error = in_folder(&many).unwrap_err();
    assert!(
        error.to_string().contains("more than 10000 files"),
        "{error}"
    );
}

#[test]
fn a_model_that_is_written_to_meanwhile_is_refused() {
    let folder = model();
    let inside = folder.path().join("model");
    // Large enough that the writer comes in between.
    std::fs::write(inside.join("large"), vec![1; 60_000_000]).unwrap();
    let target = inside.join("large");
    let writer = std::thread::spawn(move || {
        for n in 0..40_u8 {
            std::fs::write(&target, vec![n; 60_000_000 + usize::from(n)]).unwrap();
        }
    });
    let error = in_folder(&inside).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Changed { .. } | ArtifactError::Unreadable { .. }
        ),
        "{error:?}"
    );
    writer.join().unwrap();
}

fn listing(entries: &[(&str, bool, u64)]) -> Behaviour {
    let entries: Vec<_> = entries
        .iter()
        .map(|(path, is_dir, size)| {
            if *is_dir {
                serde_json::json!({"path": path, "is_dir": true})
            } else {
                serde_json::json!({"path": path, "is_dir": false, "file_size": size})
            }
        })
        .collect();
    Answer(200, serde_json::json!({"files": entries}).to_string())
}

fn file(content: &[u8]) -> Behaviour {
    let headers = vec![
        "content-disposition: attachment; filename=x",
        "content-type: application/octet-stream",
    ];
    Whole(200, headers, content.to_vec())
}

/// What comes of a server that lists `MLmodel` and `data/w` in this way and has these files.
fn outcome(
    top: Behaviour,
    model_file: Behaviour,
    weights: Behaviour,
) -> Result<ModelFiles, ArtifactError> {
    let server = FakeServer::start();
    let root = "1/models/m-1/artifacts";
    let data = format!("{root}/data");
    server.on("GET", SERVICE, &[("path", root)], top);
    server.on(
        "GET",
        SERVICE,
        &[("path", &data)],
        listing(&[("w", false, 5)]),
    );
    server.on("GET", &format!("{SERVICE}/{root}/MLmodel"), &[], model_file);
    server.on("GET", &format!("{SERVICE}/{data}/w"), &[], weights);
    let variables = [
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "1"),
        ("GATEWRIGHT_MODEL_DEADLINE", "5"),
        ("MLFLOW_TRACKING_TOKEN", "hush-hush"),
    ];
    digests(LOCATION, 1_000_000, &server.url(), &variables)
}

fn top() -> Behaviour {
    listing(&[("MLmodel", false, 3), ("data", true, 0)])
}

#[test]
fn a_server_is_asked_for_every_folder_and_every_file() {
    let files = outcome(top(), file(b"abc"), file(b"hello")).unwrap();
    assert_eq!(
        files.manifest(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  MLmodel\n\
         2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  data/w\n"
    );
    let again = Each(vec![Answer(503, String::new()), file(b"abc")]);
    let broken = Each(vec![Half("hello".to_owned()), file(b"hello")]);
    assert_eq!(outcome(top(), again, broken).unwrap(), files);
}

#[test]
fn a_server_that_asks_for_a_pause_before_a_file_gets_it() {
    let busy = Whole(429, vec!["Retry-After: 1"], Vec::new());
    let start = Instant::now();
    outcome(top(), Each(vec![busy, file(b"abc")]), file(b"hello")).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    let closed = Whole(503, vec!["Retry-After: 3600"], Vec::new());
    let once = Each(vec![closed, file(b"abc")]);
    let error = outcome(top(), once, file(b"hello")).unwrap_err();
    assert!(matches!(error, ArtifactError::Refused { .. }), "{error:?}");
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table, one line of which is one case"
)]
fn whatever_is_not_the_whole_model_is_an_error() {
    let good = || file(b"abc");
    let weights = || file(b"hello");
    let page = Whole(200, vec!["content-type: text/html"], b"<html>".to_vec());
    let moved = Each(vec![top(), listing(&[("MLmodel", false, 3)])]);
    let absent = r#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such artifact"}"#;
    for (listed, model_file, words) in [
        (Answer(200, "{}".to_owned()), good(), "there are no files"),
        (
            listing(&[("../x", false, 1)]),
            good(),
            "is no name in a folder",
        ),
        (
            listing(&[("..", false, 1)]),
            good(),
            "does not lead to a file",
        ),
        (listing(&[("a\nb", false, 1)]), good(), "terminal"),
        (
            listing(&[("/etc/passwd", false, 1)]),
            good(),
            "is no name in a folder",
        ),
        (
            listing(&[("x", false, 1), ("x", false, 1)]),
            good(),
            "`x` comes twice",
        ),
        (
            listing(&[("x", false, 1), ("X", false, 1)]),
            good(),
            "are one file",
        ),
        (
            listing(&[("data", false, 1), ("data", true, 0)]),
            good(),
            "a folder of others",
        ),
        (
            Answer(200, r#"{"files":[{"path":"MLmodel"}]}"#.to_owned()),
            good(),
            "it had 0 bytes, and more came",
        ),
        (
            Answer(
                200,
                r#"{"files":[{"path":"MLmodel","file_size":-1}]}"#.to_owned(),
            ),
            good(),
            "less than no bytes",
        ),
        (
            listing(&[("MLmodel", false, u64::MAX / 2)]),
            good(),
            "larger than 1000000",
        ),
        (
            Answer(200, "{\"files\":7}".to_owned()),
            good(),
            "not MLflow's",
        ),
        (
            Answer(404, absent.to_owned()),
            good(),
            "RESOURCE_DOES_NOT_EXIST",
        ),
        (Endless, good(), "larger than"),
        (moved, good(), "is not what it was"),
        (top(), file(b"ab"), "it had 3 bytes, and 2 came"),
        (top(), file(b"abcd"), "it had 3 bytes, and more came"),
        (top(), Answer(404, absent.to_owned()), "No such artifact"),
        (top(), page, "an HTML page"),
        (top(), Hang, "was not there within"),
        (top(), Reset, "cannot reach"),
        (top(), Half("abc".to_owned()), "cannot reach"),
        (top(), Endless, "more came"),
        (top(), Answer(401, String::new()), "may not read"),
    ] {
        let shown = format!("{listed:.80?} {model_file:.60?}");
        let error = outcome(listed, model_file, weights()).unwrap_err();
        let told = format!("{error} {}", error.help());
        assert!(told.contains(words), "{shown}: {told}");
        assert!(!told.contains("hush"), "{told}");
    }
}

#[test]
fn a_server_that_lists_without_end_is_left() {
    let server = FakeServer::start();
    server.on("GET", SERVICE, &[], listing(&[("d", true, 0)]));
    let error = digests(LOCATION, 1000, &server.url(), &[]).unwrap_err();
    assert!(matches!(error, ArtifactError::Unclear { .. }), "{error:?}");
    assert!(server.received().len() < 40);
}

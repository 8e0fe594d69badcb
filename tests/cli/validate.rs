use crate::sandbox::Sandbox;

const GOOD: &str = "version: 1\nproject: taxi-fare\n";
const BAD: &str = "version: 1\nproject: taxi-fare\nstagess: {}\n";

#[test]
fn a_valid_spec_is_a_yes() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", GOOD);
    let answer = sandbox.run("validate");
    assert_eq!(
        (answer.code, answer.stderr.as_str()),
        (Some(0), "1 spec valid\n")
    );
}

#[test]
fn the_spec_is_found_from_a_folder_below_it() {
    let sandbox = Sandbox::empty();
    sandbox
        .write("gatewright.yaml", GOOD)
        .write("src/deep/x", "");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .arg("validate")
        .current_dir(sandbox.path("src/deep"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn without_a_spec_the_next_step_is_told() {
    let answer = Sandbox::empty().run("validate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: there is no `gatewright.yaml` here or in a folder above
      help: name the spec with `--spec PATH`; `gatewright demo` writes an example
    ");
}

#[test]
fn several_specs_are_reported_together() {
    let sandbox = Sandbox::empty();
    sandbox
        .write("a/gatewright.yaml", GOOD)
        .write("b/gatewright.yaml", BAD);
    let answer = sandbox.run("validate a/gatewright.yaml b/gatewright.yaml c/gatewright.yaml");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error[unknown-key]: unknown key `stagess`
     --> b/gatewright.yaml:3:1
      |
    3 | stagess: {}
      | ^^^^^^^
      |
      = help: did you mean `stages`?

    error[unreadable]: cannot read the spec: No such file or directory (os error 2)
    --> c/gatewright.yaml
     = help: check the path

    2 errors in 3 specs
    ");
}

#[test]
fn a_hostile_file_is_an_error_and_nothing_else() {
    let sandbox = Sandbox::empty();
    let bomb: String = ('b'..='i').fold("a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, key| {
        let before = char::from(key as u8 - 1);
        format!(
            "{text}{key}: &{key} [{}]\n",
            vec![format!("*{before}"); 10].join(",")
        )
    });
    let long = format!(
        "s: &s \"{}\"\nall: [{}]\n",
        "x".repeat(500_000),
        vec!["*s"; 1000].join(",")
    );
    let cases: &[(&str, Vec<u8>)] = &[
        ("empty", Vec::new()),
        ("blank", b" \n\t\n".to_vec()),
        ("binary", (0..=255).collect()),
        ("large", vec![b'#'; 50 * 1024 * 1024]),
        ("bomb", bomb.into_bytes()),
        ("long-alias", long.into_bytes()),
        ("deep", "[".repeat(400_000).into_bytes()),
        (
            "deep-blocks",
            (0..5000)
                .map(|depth| format!("{}a:\n", " ".repeat(depth % 900)))
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "merge",
            b"a: &a {version: 1}\n<<: *a\nproject: x\n".to_vec(),
        ),
        ("latin1", b"version: 1\nproject: caf\xe9\n".to_vec()),
        ("utf16", b"\xff\xfev\x00e\x00r\x00".to_vec()),
        ("scalar", b"just text".to_vec()),
        ("list", b"- 1\n- 2\n".to_vec()),
        ("self-alias", b"a: &a [*a]\n".to_vec()),
        (
            "huge-number",
            b"version: 99999999999999999999999999999999\nproject: x\n".to_vec(),
        ),
        ("exponent", b"version: 1e400\nproject: x\n".to_vec()),
        ("nan", b"version: .nan\nproject: x\n".to_vec()),
        ("null-key", b"~: 1\n? \n: 2\n".to_vec()),
        (
            "escape",
            b"version: 1\nproject: \"\\e[31m\\u202e\"\n".to_vec(),
        ),
        (
            "many-errors",
            (0..2000)
                .map(|n| format!("key{n}: 1\n"))
                .collect::<String>()
                .into_bytes(),
        ),
    ];
    for (name, bytes) in cases {
        sandbox.write("gatewright.yaml", bytes);
        let answer = sandbox.run("validate");
        assert_eq!(answer.code, Some(2), "{name}: {}", answer.stderr);
        assert!(
            answer.stderr.contains("error["),
            "{name}: {}",
            answer.stderr
        );
        assert!(
            !answer.stderr.contains('\u{1b}'),
            "{name}: {}",
            answer.stderr
        );
    }
    std::fs::remove_file(sandbox.path("gatewright.yaml")).unwrap();
    std::fs::create_dir(sandbox.path("gatewright.yaml")).unwrap();
    let answer = sandbox.run("validate gatewright.yaml");
    assert_eq!(answer.code, Some(2));
    assert!(answer.stderr.contains("not a file"), "{}", answer.stderr);
}

#[test]
fn diagnostics_are_one_json_document() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", BAD);
    let answer = sandbox.run("validate --format json");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(2), ""));
    insta::assert_snapshot!(answer.stdout, @r#"
    {
      "version": 1,
      "errors": 1,
      "warnings": 0,
      "diagnostics": [
        {
          "code": "unknown-key",
          "severity": "error",
          "message": "unknown key `stagess`",
          "help": "did you mean `stages`?",
          "file": "gatewright.yaml",
          "start": {
            "line": 3,
            "column": 1
          },
          "end": {
            "line": 3,
            "column": 8
          }
        }
      ]
    }
    "#);
}

#[test]
fn diagnostics_are_annotations_on_github() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", BAD);
    let answer = sandbox.run("validate --format github");
    insta::assert_snapshot!(answer.stdout, @"::error file=gatewright.yaml,line=3,col=1,title=unknown-key::unknown key `stagess`%0Ahelp: did you mean `stages`?");
}

#[test]
fn diagnostics_are_sarif_with_everything_that_code_scanning_asks_for() {
    let sandbox = Sandbox::empty();
    sandbox.write("a b/gatewright.yaml", BAD);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(["validate", "--format", "sarif", "a b/gatewright.yaml"])
        .current_dir(sandbox.path("."))
        .output()
        .unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = &sarif["runs"][0];
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(
                rule[key]["text"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{rule}"
            );
        }
    }
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b/gatewright.yaml");
    assert_eq!(place["region"]["startLine"], 3);
}

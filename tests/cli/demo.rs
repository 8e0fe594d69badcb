use crate::sandbox::Sandbox;

#[test]
fn the_demo_tells_the_whole_story() {
    let sandbox = Sandbox::empty();
    let answer = sandbox.run("demo");
    assert_eq!(answer.code, Some(0), "{}{}", answer.stdout, answer.stderr);
    let story = answer
        .stdout
        .replace(env!("CARGO_BIN_EXE_gatewright"), "gatewright");
    insta::assert_snapshot!(story, @"
    A taxi-fare model, in gatewright-demo/

    1. One spec says how the model is made, and what it must show

         promote:
           checks:
             - rmse <= 4.0                   # in units of the fare
             - r2 >= champion - 0.01
             - rmse <= champion + 2%
             - warn: latency_p95_ms <= 20    # reported, does not block

    2. The pipelines follow from it

       .azure/pipelines/taxi-fare-ci.yml            254 lines
       .azure/pipelines/taxi-fare-deliver.yml       432 lines
       .azure/pipelines/taxi-fare-rollback.yml      135 lines
       .github/workflows/taxi-fare-ci.yml           256 lines
       .github/workflows/taxi-fare-deliver.yml      346 lines
       .github/workflows/taxi-fare-rollback.yml     121 lines

    3. Version 2: somebody left a debug setting in, and trained on 400 trips

       $ gatewright gate check promote --candidate 2

       Gate promote: BLOCKED  taxi-fare version 2 against version 1 (champion)

                check                  candidate  champion      change  limit
          fail  r2 >= champion - 0.01   0.961975  0.977826  -0.0158516  >= 0.967826
          fail  rmse <= champion + 2%    3.37334   2.57598   +0.797358  <= 2.6275
          pass  rmse <= 4.0              3.37334
          pass  latency_p95_ms <= 20      1.4137

         fail: r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)
         fail: rmse is 3.37334, and must be <= 2.6275 (the champion's 2.57598 + 2%)

         metrics of run 34ff5552425c and 6d8b468512aa in sqlite:///mlflow.db

       exit code 1

    4. Version 3: more trips, more trees

       $ gatewright gate check promote --candidate 3

       Gate promote: PASS  taxi-fare version 3 against version 1 (champion)

                check                  candidate  champion       change  limit
          pass  rmse <= 4.0              2.36271
          pass  r2 >= champion - 0.01   0.981346  0.977826  +0.00351975  >= 0.967826
          pass  rmse <= champion + 2%    2.36271   2.57598    -0.213278  <= 2.6275
          pass  latency_p95_ms <= 20      2.8678

         metrics of run b24571ec6c90 and 6d8b468512aa in sqlite:///mlflow.db

       exit code 0

    Try next:

       cd gatewright-demo
       gatewright gate check --candidate 4  # its evaluation went NaN
       gatewright validate                  # after you changed a line of gatewright.yaml
       gatewright generate --check          # are the pipelines what the spec says?
    ");
}

#[test]
fn the_three_commands_that_the_demo_ends_with_work() {
    let sandbox = Sandbox::empty();
    sandbox.run("demo");
    let run = |words: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(words.split_whitespace())
            .current_dir(sandbox.path("gatewright-demo"))
            .env_remove("MLFLOW_TRACKING_URI")
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, table) = run("gate check --candidate 4");
    assert_eq!(code, Some(1));
    assert!(table.contains("NaN"), "{table}");
    assert_eq!(run("validate").0, Some(0));
    assert_eq!(run("generate --check").0, Some(0));
}

#[test]
fn the_demo_overwrites_nothing() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright-demo/mine.txt", "precious");
    let answer = sandbox.run("demo");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: `gatewright-demo` is there already, and the demo overwrites nothing
      help: name another folder: `gatewright demo FOLDER`
    ");
    assert_eq!(sandbox.read("gatewright-demo/mine.txt"), "precious");
}

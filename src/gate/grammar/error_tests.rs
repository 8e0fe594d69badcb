//! What the grammar says about lines that are wrong, and where it points.

use super::parse;

/// `"word": message; help` for a line that is wrong.
fn told(text: &str) -> String {
    let error = match parse(text) {
        Ok(line) => panic!("{text} was read as {line:?}"),
        Err(error) => error,
    };
    let shown = text.replace('\0', "␀");
    let word = text
        .get(error.offset..error.offset + error.length)
        .unwrap_or("<outside>");
    format!("{shown}\n  {word:?} {}; {}", error.message, error.help)
}

fn all_told(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| told(line))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn errors_about_the_left_side_point_at_the_word() {
    insta::assert_snapshot!(all_told(&[
        "", "rmse", "<= 5", "my metric > 1", "\"open <= 1", "\"\" > 1", "\"a\\b\" > 1",
        "'a b' > 1", "warning: rmse <= 5", "cov(x) >= 1", "converage(x) >= 1%",
        "0.8 <= recall", "0.8 <= recall <= 0.9", "5", "champion <= rmse", "median(5) <= rmse",
        "rmse, mae <= 5", "\u{0}x > 1",
    ]), @r#"
      "" a metric's name is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse
      "" a comparison is missing here; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`
    <= 5
      "<=" a metric's name is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    my metric > 1
      "metric" expected a comparison, found `metric`; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
    "open <= 1
      "\"open <= 1" the quote is not closed; end the name with `"`
    "" > 1
      "\"\"" the metric's name is empty; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    "a\b" > 1
      "\\" `\` begins an escape that is not known; write `\\` for a backslash; there are also `\"`, `\n`, `\r`, `\t` and `\u{HEX}`
    'a b' > 1
      "'a" `'a` is not a name; names are quoted with `"`
    warning: rmse <= 5
      "warning" unknown level `warning`; did you mean `warn`?
    cov(x) >= 1
      "cov" unknown function `cov`; did you mean `coverage`?
    converage(x) >= 1%
      "converage" unknown function `converage`; did you mean `coverage`?
    0.8 <= recall
      "0.8" `0.8` stands where the metric belongs; turn it around: `recall >= 0.8`
    0.8 <= recall <= 0.9
      "0.8" `0.8` stands where the metric belongs; write two checks: `recall >= 0.8` and `recall <= 0.9`
    5
      "5" `5` stands where the metric belongs; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    champion <= rmse
      "champion" `champion` stands where the metric belongs; the metric stands on the left: `r2 >= champion - 0.01`; quote the name if it is a metric's
    median(5) <= rmse
      "median" `median` stands where the metric belongs; the metric stands on the left: `r2 >= champion - 0.01`; quote the name if it is a metric's
    rmse, mae <= 5
      "," expected a comparison, found `,`; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
    ␀x > 1
      "\0x" a metric's name is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    "#);
}

#[test]
fn errors_about_the_comparison_point_at_it() {
    insta::assert_snapshot!(all_told(&[
        "rmse = 5", "rmse => 5", "rmse =< 5", "rmse ≤ 5", "rmse≥5", "rmse <> 5", "rmse is 5",
        "rmse below 5", "rmse <== 5",
    ]), @r#"
    rmse = 5
      "=" expected a comparison, found `=`; write `==` for equality
    rmse => 5
      "=>" expected a comparison, found `=>`; write `>=`
    rmse =< 5
      "=<" expected a comparison, found `=<`; write `<=`
    rmse ≤ 5
      "≤" expected a comparison, found `≤`; write `<=`
    rmse≥5
      "≥" expected a comparison, found `≥`; write `>=`
    rmse <> 5
      "<>" expected a comparison, found `<>`; write `!=`
    rmse is 5
      "is" expected a comparison, found `is`; write `==` for equality
    rmse below 5
      "below" expected a comparison, found `below`; write `<`
    rmse <== 5
      "<==" expected a comparison, found `<==`; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
    "#);
}

#[test]
fn errors_about_the_threshold_point_at_it() {
    insta::assert_snapshot!(all_told(&[
        "rmse <=", "rmse <= nan", "rmse <= 1e999", "rmse <= 0,8", "rmse <= 1,000.5",
        "rmse <= 1_000", "recall >= 80%", "recall >= 80 %", "recall >= 1pp",
        "latency_ms <= 120ms", "rmse <= - 5", "rmse <= \"5\"", "rmse <= @shadow",
        
    ]), @r#"
    rmse <=
      "" a threshold is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse <= nan
      "nan" `nan` is not a finite number; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse <= 1e999
      "1e999" `1e999` is not a finite number; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse <= 0,8
      "0,8" `0,8` is not a finite number; write `0.8`
    rmse <= 1,000.5
      "1,000.5" `1,000.5` is not a finite number; write `1000.5`
    rmse <= 1_000
      "1_000" `1_000` is not a finite number; write `1000`
    recall >= 80%
      "80%" a threshold takes no `%`; a threshold is in the metric's own unit: write `0.8`, or a percentage of another version's value: `champion - 80%`
    recall >= 80 %
      "80" a threshold takes no `%`; a threshold is in the metric's own unit: write `0.8`, or a percentage of another version's value: `champion - 80%`
    recall >= 1pp
      "1pp" `1pp` is not a finite number; a threshold has no unit, it is in the metric's own: write `1`
    latency_ms <= 120ms
      "120ms" `120ms` is not a finite number; a threshold has no unit, it is in the metric's own: write `120`
    rmse <= - 5
      "-" `-` is not a finite number; write the sign and the digits together: `-0.5`
    rmse <= "5"
      "\"5\"" `"5"` is not a threshold; a number or a reference stands here, without quotes
    rmse <= @shadow
      "@shadow" `@shadow` is not a threshold; write `alias(shadow)`
    "#);
}

#[test]
fn errors_about_a_reference_point_at_it() {
    insta::assert_snapshot!(all_told(&[
        "rmse <= champoin", "rmse <= baseline", "rmse <= v3", "rmse <= shadow",
        "rmse <= candidate", "rmse <= mean(5)", "rmse <= alias", "rmse <= alias(",
        "rmse <= alias()", "rmse <= alias(v3)", "rmse <= alias(latest)", "rmse <= alias(a b)",
        "rmse <= version(x)", "rmse <= version(+1)", "rmse <= median(0)", "rmse <= run(../x)",
    ]), @r#"
    rmse <= champoin
      "champoin" unknown reference `champoin`; did you mean `champion`?
    rmse <= baseline
      "baseline" unknown reference `baseline`; did you mean `champion`, the version that is live?
    rmse <= v3
      "v3" unknown reference `v3`; did you mean `version(3)`?
    rmse <= shadow
      "shadow" unknown reference `shadow`; references are `champion`, `previous`, `alias(NAME)`, `version(N)`, `run(ID)`, `median(N)` and `best(N)`; an alias of yours is `alias(shadow)`
    rmse <= candidate
      "candidate" unknown reference `candidate`; the candidate is what is judged; compare it with another version
    rmse <= mean(5)
      "mean" unknown reference `mean`; did you mean `median(N)`, over the last N promoted versions?
    rmse <= alias
      "alias" `alias` takes an argument in brackets; for example `alias(shadow)`
    rmse <= alias(
      "" the bracket is not closed; for example `alias(shadow)`
    rmse <= alias()
      "alias" `alias` takes an argument; an alias is made of letters, digits, `_` and `-`: `alias(shadow)`
    rmse <= alias(v3)
      "v3" `alias(v3)` names nothing; write `version(3)`: MLflow keeps `v<number>` for itself
    rmse <= alias(latest)
      "latest" `alias(latest)` names nothing; MLflow keeps `latest` for itself; name a version, or `champion`
    rmse <= alias(a b)
      "a b" `alias(a b)` names nothing; an alias is made of letters, digits, `_` and `-`: `alias(shadow)`
    rmse <= version(x)
      "x" `version(x)` names nothing; versions are counted 1, 2, 3: `version(3)`
    rmse <= version(+1)
      "+1" `version(+1)` names nothing; versions are counted 1, 2, 3: `version(3)`
    rmse <= median(0)
      "0" `median(0)` names nothing; say how many of the last promoted versions, 1 to 1000: `median(5)`
    rmse <= run(../x)
      "../x" `run(../x)` names nothing; a run's id is made of letters and digits, 32 of them mostly
    "#);
}

#[test]
fn errors_about_the_margin_and_the_end_point_at_them() {
    insta::assert_snapshot!(all_told(&[
        "rmse <= champion - ", "rmse <= champion 5", "rmse <= champion * 0.98",
        "rmse <= champion*1.02", "r2 >= 0.98 * champion", "rmse <= champion / 2",
        "rmse <= champion - -1", "rmse <= champion + 0,01", "rmse <= champion + 2 percent",
        "rmse <= champion ± 1", "rmse <= champion - 1 - 2", "rmse <= 5 6",
        "rmse <= 5 and r2 > 1", "rmse <= 5 <= 6", "rmse <= 5 %",
    ]), @r#"
    rmse <= champion - 
      "" a margin is missing here; a margin is added or taken away: `champion - 0.01`, `champion + 2%`, `champion - 1pp`
    rmse <= champion 5
      "5" expected `+`, `-` or the end; a margin is added or taken away: `champion - 0.01`, `champion + 2%`, `champion - 1pp`
    rmse <= champion * 0.98
      "* 0.98" a threshold is not a product; write `champion - 2%`
    rmse <= champion*1.02
      "*1.02" a threshold is not a product; write `champion + 2%`
    r2 >= 0.98 * champion
      "* champion" a threshold is not a product; write `champion - 2%`
    rmse <= champion / 2
      "/ 2" a threshold is not a product; a margin is added or taken away: `champion - 0.01`, `champion + 2%`, `champion - 1pp`
    rmse <= champion - -1
      "-1" `-1` is not a margin; a margin is added or taken away: `champion - 0.01`, `champion + 2%`, `champion - 1pp`
    rmse <= champion + 0,01
      "0,01" `0,01` is not a margin; write `0.01`
    rmse <= champion + 2 percent
      "percent" `percent` after the end of the check; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse <= champion ± 1
      "± 1" expected `+`, `-` or the end; a margin is added or taken away: `champion - 0.01`, `champion + 2%`, `champion - 1pp`
    rmse <= champion - 1 - 2
      "- 2" `- 2` after the end of the check; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse <= 5 6
      "6" `6` after the end of the check; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    rmse <= 5 and r2 > 1
      "and r2 > 1" `and r2 > 1` after the end of the check; write one check for each: all of them must hold
    rmse <= 5 <= 6
      "<= 6" `<= 6` after the end of the check; write two checks, one for each comparison
    rmse <= 5 %
      "5" a threshold takes no `%`; a threshold is in the metric's own unit: write `0.05`, or a percentage of another version's value: `champion - 5%`
    "#);
}

#[test]
fn errors_about_slices_point_at_the_word() {
    insta::assert_snapshot!(all_told(&[
        "recall[] > 1", "recall[region] > 1", "recall[region=] > 1", "recall[region=eu > 1",
        "recall[region=new york] > 1", "recall[a=1,a=2] > 1", "recall[a=1] 5",
        
    ]), @r#"
    recall[] > 1
      "]" the name of the slice's key is missing here; write the name here, in `"` if it holds spaces or signs
    recall[region] > 1
      "]" expected `=` after the slice's key; slices read `recall[region=eu]`, or `recall[region=*]` for each of them
    recall[region=] > 1
      "]" the slice's value is missing here; slices read `recall[region=eu]`, or `recall[region=*]` for each of them
    recall[region=eu > 1
      ">" the bracket of the slice is not closed; write `]` after the last value, or `,` and another key; quote a value with spaces or signs
    recall[region=new york] > 1
      "york" the bracket of the slice is not closed; write `]` after the last value, or `,` and another key; quote a value with spaces or signs
    recall[a=1,a=2] > 1
      "a" the slice has this key twice; a row has one value for each key
    recall[a=1] 5
      "5" expected a comparison, found `5`; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
    "#);
}

#[test]
fn errors_about_signatures_and_data_sets_point_at_the_word() {
    insta::assert_snapshot!(all_told(&[
        "signature", "signature same champion", "signature compatable champion",
        "signature exact", "signature exact median(5)", "signature >= 1",
        "dataset champion", "dataset same", "dataset same champion - 1", "scorers == champion",
        
    ]), @r#"
    signature
      "" how the signatures must stand to each other is missing here; write `signature compatible champion`; a metric of that name is quoted: `"signature" >= 1`
    signature same champion
      "same" `same` says nothing of a signature; it is one of: compatible, backward, forward, exact
    signature compatable champion
      "compatable" `compatable` says nothing of a signature; did you mean `compatible`?
    signature exact
      "" a reference is missing here; references are `champion`, `previous`, `alias(NAME)`, `version(N)`, `run(ID)`, `median(N)` and `best(N)`
    signature exact median(5)
      "median" `median` is not one version; a signature is compared with that of one version: `champion`, `previous`, `alias(NAME)`, `version(N)` or `run(ID)`
    signature >= 1
      ">=" how the signatures must stand to each other is missing here; write `signature compatible champion`; a metric of that name is quoted: `"signature" >= 1`
    dataset champion
      "champion" expected `same` after `dataset`; write `dataset same champion`; a metric of that name is quoted: `"dataset" >= 1`
    dataset same
      "" a reference is missing here; references are `champion`, `previous`, `alias(NAME)`, `version(N)`, `run(ID)`, `median(N)` and `best(N)`
    dataset same champion - 1
      "- 1" `- 1` after the end of the check; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
    scorers == champion
      "==" expected `same` after `scorers`; write `scorers same champion`; a metric of that name is quoted: `"scorers" >= 1`
    "#);
}

#[test]
fn errors_about_coverage_and_age_point_at_the_word() {
    insta::assert_snapshot!(all_told(&[
        "coverage >= 0.98", "coverage(x) >= 0.98", "coverage(x) >= 98", "coverage(x) >= 120%",
        "coverage() >= 98%", "coverage(x >= 98%", "coverage(x) >=",
        "age", "age >= 3", "age < 7d", "age <= 7", "age <= 7 days", "age <= 0d", "age <= 1d12h",
        "age <= 99999999999999999999d",
        
    ]), @r#"
    coverage >= 0.98
      "coverage" `coverage` takes the name of a judge; write `coverage(correctness) >= 98%`; a metric of that name is quoted: `"coverage" >= 0.98`
    coverage(x) >= 0.98
      "0.98" `0.98` is not a percentage; write `98%`
    coverage(x) >= 98
      "98" `98` is not a percentage; write `98%`
    coverage(x) >= 120%
      "120%" `120%` is not a share; a share lies between `0%` and `100%`
    coverage() >= 98%
      ")" the name of the judge is missing here; write the name here, in `"` if it holds spaces or signs
    coverage(x >= 98%
      ">=" the bracket is not closed; write `)` after the judge's name; quote a name with spaces
    coverage(x) >=
      "" a percentage is missing here; a share is a percentage: `98%`
    age
      "age" `age` takes `<=` and a duration; write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `"age" <= 7`
    age >= 3
      ">=" `age` takes `<=` and a duration; write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `"age" <= 7`
    age < 7d
      "<" `age` takes `<=` and a duration; write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `"age" <= 7`
    age <= 7
      "7" `7` is not a duration; write `age <= 7d` for days; a metric of that name is quoted: `"age" <= 7`
    age <= 7 days
      "7" `7` is not a duration; write `age <= 7d` for days; a metric of that name is quoted: `"age" <= 7`
    age <= 0d
      "0d" `0d` is not a duration; write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `"age" <= 7`
    age <= 1d12h
      "1d12h" `1d12h` is not a duration; write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `"age" <= 7`
    age <= 99999999999999999999d
      "99999999999999999999d" `99999999999999999999d` is not a duration; write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `"age" <= 7`
    "#);
}

#[test]
fn errors_about_tags_and_parameters_point_at_the_word() {
    insta::assert_snapshot!(all_told(&[
        "tag = x", "tag stage", "tag stage candidate", "tag stage >= x", "tag stage =",
        "tag stage = two words", "param depth <= deep", "param <= 8",
    ]), @r#"
    tag = x
      "=" the name of the tag is missing here; write `tag stage = candidate`; a metric of that name is quoted: `"tag" >= 1`
    tag stage
      "" a comparison is missing here; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`
    tag stage candidate
      "candidate" expected a comparison, found `candidate`; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
    tag stage >= x
      ">=" a tag is text: it takes `=` or `!=`; write `tag stage = candidate`; a metric of that name is quoted: `"tag" >= 1`
    tag stage =
      "" a value is missing here; write the value here; an empty one is written `""`
    tag stage = two words
      "words" `words` after the end of the check; quote a value with spaces: `"two words"`
    param depth <= deep
      "deep" only numbers have an order; write a number; text is compared with `==` and `!=`
    param <= 8
      "<=" the name of the parameter is missing here; write `param max_depth <= 8`; a metric of that name is quoted: `"param" >= 1`
    "#);
}

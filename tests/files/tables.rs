//! Evaluation tables, as MLflow and pandas write them.

use gatewright::table::{Cell, PairBy, Side, Table, TableError, pair};
use proptest::prelude::*;

/// Written by `mlflow.log_table` of 3.17.2, from a `DataFrame` with None, NaN and an infinity.
const LOGGED: &str = r#"{"columns":["id","target","text","p","ok"],"data":[[1,1.0,"a",0.5,true],[2,0.0,null,null,false],[3,null,"x\"y",null,null]]}"#;

fn json(text: &str) -> Result<Table, TableError> {
    Table::from_json(text.as_bytes())
}

fn csv(text: &str) -> Table {
    Table::from_csv(text.as_bytes()).unwrap()
}

#[test]
fn a_logged_table_keeps_every_row() {
    let table = json(LOGGED).unwrap();
    assert_eq!(table.columns(), ["id", "target", "text", "p", "ok"]);
    assert_eq!(table.numbers("id").unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(table.coverage("p").unwrap(), (1, 3));
    assert_eq!(
        table.cells("text").unwrap(),
        [
            &Cell::Text("a".to_owned()),
            &Cell::Null,
            &Cell::Text("x\"y".to_owned())
        ]
    );
    insta::assert_snapshot!(table.numbers("p").unwrap_err(), @"column `p` has no value in 2 rows (row 2, 3)");
    insta::assert_snapshot!(table.labels("target").unwrap_err(), @"column `target` has no value in 1 rows (row 3)");
    insta::assert_snapshot!(table.numbers("text").unwrap_err(), @"column `text` has no value in 1 rows (row 2)");
    let error = table.numbers("targte").unwrap_err();
    assert_eq!(error.help(), "did you mean `target`?");
}

#[test]
fn an_evaluation_table_of_mlflow_is_read() {
    let text = r#"{"columns":["q","t","p","right\/score","right\/justification"],"data":[["a","x","x",null,"j0"],["b","z","y",0.0,"j1"]]}"#;
    let table = json(text).unwrap();
    assert_eq!(table.coverage("right/score").unwrap(), (1, 2));
    assert_eq!(table.labels("t").unwrap(), ["x", "z"]);
}

#[test]
fn values_are_what_they_are_spelled() {
    let table = csv("id,v\n007,1\n7,-0.5\n+7,1e3\n,NaN\n\"a,\"\"b\",TRUE\n1_0,inf\n0.5,\n");
    let shown: Vec<_> = table
        .cells("id")
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [
            "\"007\"",
            "7",
            "\"+7\"",
            "null",
            r#""a,\"b""#,
            "\"1_0\"",
            "0.5"
        ]
    );
    let shown: Vec<_> = table
        .cells("v")
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        ["1", "-0.5", "1000", "NaN", "true", "\"inf\"", "null"]
    );
    let text = csv("v\nx\n1\n");
    insta::assert_snapshot!(text.numbers("v").unwrap_err(), @r#"column `v` holds "x" in row 1, which is not a number"#);
    assert_eq!(csv("v\ntrue\n0\n").numbers("v").unwrap(), [1.0, 0.0]);
    assert_eq!(
        csv("v\n1.0\n-0\n2.50\nA\n").labels("v").unwrap(),
        ["1", "0", "2.5", "A"]
    );
    let nested = json(r#"{"columns":["d"],"data":[[["x",{"k":1}]]]}"#).unwrap();
    assert_eq!(nested.labels("d").unwrap(), [r#"["x",{"k":1}]"#]);
}

#[test]
fn what_is_no_whole_table_is_an_error() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"columns":["a"]}"#,
        r#"{"columns":["a","a"],"data":[]}"#,
        r#"{"columns":["a"],"data":[[1,2]]}"#,
        r#"{"columns":["a"],"data":[{"a":1}]}"#,
        r#"{"columns":[],"data":[]}"#,
        r#"{"columns":["a"],"data":[[NaN]]}"#,
        r#"{"columns":["a"],"data":[[1]],"data":[[2]]}"#,
        r#"{"columns":["a"],"data":[[1]],"x":1}"#,
        r#"{"columns":[null],"data":[[1]]}"#,
        r#"{"columns":["a"],"data":[[{"k":1,"k":2}]]}"#,
    ] {
        assert!(
            matches!(json(text), Err(TableError::Malformed { .. })),
            "{text}"
        );
    }
    for text in [
        "",
        "a,b",
        "a,b\n1,2",
        "a,b\n1\n",
        "a,b\n1,2,3\n",
        "a,a\n1,2\n",
        "a;b\n1;2\n",
        "a,b\n\"1,2\n",
    ] {
        assert!(
            matches!(
                Table::from_csv(text.as_bytes()),
                Err(TableError::Malformed { .. })
            ),
            "{text:?}"
        );
    }
    assert!(Table::from_csv(b"a\n\xff\n").is_err());
    assert_eq!(
        json(r#"{"columns":["a"],"data":[]}"#).unwrap().numbers("a"),
        Err(TableError::Empty)
    );
    for whole in [LOGGED, r#"{"columns":["a"],"data":[[1]],"index":[0]}"#] {
        for end in 0..whole.len() {
            assert!(json(&whole[..end]).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn a_small_file_cannot_take_much_memory() {
    let rows = |row: &str, count: usize| {
        let data = vec![row; count].join(",");
        json(&format!(r#"{{"columns":["a"],"data":[{data}]}}"#))
    };
    for table in [
        rows("[]", 1_000_001),
        rows(&format!("[{}]", ["1"; 100].join(",")), 80_001),
        rows(&format!("[[{}]]", ["[]"; 1000].join(",")), 8001),
    ] {
        assert!(matches!(
            table,
            Err(TableError::TooLarge { .. } | TableError::Malformed { .. })
        ));
    }
}

#[test]
fn every_row_is_in_one_group() {
    let table = csv("region,kind,v\neu,1,1\nus,1.0,2\neu,2,3\neu,1,4\n");
    let groups = table.groups(&["region", "kind"]).unwrap();
    let values = table.numbers("v").unwrap();
    let shown: Vec<_> = groups
        .iter()
        .map(|it| (it.key.join("/"), it.pick(&values)))
        .collect();
    assert_eq!(
        shown,
        [
            ("eu/1".to_owned(), vec![1.0, 4.0]),
            ("eu/2".to_owned(), vec![3.0]),
            ("us/1".to_owned(), vec![2.0])
        ]
    );
    let missing = csv("region,v\neu,1\n,2\n").groups(&["region"]).unwrap_err();
    assert!(matches!(missing, TableError::Missing { .. }), "{missing:?}");
}

#[test]
fn rows_are_paired_whole_or_not_at_all() {
    let left = csv("id,v\na,1\nb,2\nc,3\n");
    let by_key = |right: &str| pair(&left, &csv(right), PairBy::Key("id"));
    assert_eq!(
        by_key("id,v\nc,9\na,8\nb,7\n").unwrap(),
        [(0, 1), (1, 2), (2, 0)]
    );
    insta::assert_snapshot!(by_key("id,v\na,1\nb,2\n").unwrap_err(), @"1 keys in column `id` are only in the first table (c)");
    insta::assert_snapshot!(by_key("id,v\na,1\nb,2\nc,3\nd,4\ne,5\n").unwrap_err(), @"2 keys in column `id` are only in the second table (d, e)");
    insta::assert_snapshot!(by_key("id,v\na,1\nb,2\nb,3\n").unwrap_err(), @"1 keys in column `id` of the second table stand for more than one row (b)");
    assert!(matches!(
        by_key("id,v\na,1\n,2\nc,3\n"),
        Err(TableError::Missing { .. })
    ));
    assert_eq!(
        pair(&left, &left, PairBy::Order).unwrap(),
        [(0, 0), (1, 1), (2, 2)]
    );
    let longer = pair(&left, &csv("v\n1\n"), PairBy::Order);
    assert_eq!(longer, Err(TableError::UnequalLength { left: 3, right: 1 }));
}

#[test]
fn keys_that_doubles_cannot_tell_apart_are_no_keys() {
    let one = json(r#"{"columns":["id"],"data":[[9007199254740992]]}"#).unwrap();
    let two = json(r#"{"columns":["id"],"data":[[9007199254740993]]}"#).unwrap();
    let error = pair(&one, &two, PairBy::Key("id")).unwrap_err();
    assert!(
        matches!(
            error,
            TableError::AmbiguousKey {
                side: Side::Left,
                ..
            }
        ),
        "{error:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_that_is_read_has_all_its_cells(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for table in [Table::from_csv(&bytes), Table::from_json(&bytes)].into_iter().flatten() {
            for column in table.columns() {
                prop_assert!(table.is_empty() || table.cells(column).unwrap().len() == table.len());
            }
        }
    }

    #[test]
    fn a_logged_table_with_one_byte_changed_never_panics(at in 0..LOGGED.len(), byte: u8) {
        let mut bytes = LOGGED.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(table) = Table::from_json(&bytes) {
            prop_assert_eq!(table.len(), 3);
        }
    }
}

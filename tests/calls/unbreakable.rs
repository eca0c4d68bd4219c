//! Whatever is written in a call file, reading it ends with a definition or with mistakes inside the file.

use essaim::calls::definition::parse_at;
use jiff::civil::date;
use proptest::prelude::*;

use super::seeds::{HISTORIC, OPEN};

fn survives(text: &str) {
    if let Err(mistakes) = parse_at(text, "edited.toml", date(2026, 11, 23)) {
        let lines = text.matches('\n').count() + 1;
        assert!(!mistakes.is_empty());
        for mistake in mistakes {
            assert!((1..=lines).contains(&mistake.line) && !mistake.message.is_empty(), "{mistake}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = HISTORIC.as_bytes().to_vec();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn lost_lines_never_panic(lost in prop::collection::vec(any::<prop::sample::Index>(), 1..8)) {
        let mut lines: Vec<&str> = OPEN.lines().collect();
        for at in lost {
            lines.remove(at.index(lines.len()));
        }
        survives(&lines.join("\n"));
    }

    #[test]
    fn strange_values_never_panic(
        at in any::<prop::sample::Index>(),
        value in prop::sample::select(vec![
            "-1", "9223372036854775807", "99999999999999999999", "0x7fffffffffffffff", "1e308", "[]", "{}", "\"\"",
            "2022-01-31", "true", "\"{\"", "\"J-99999T00:00:00\"", "\"9999-12-31T23:59:59\"", "\"-9999-01-01T00:00:00\"",
            "\"A+999\"", "\"A+é\"", "\"Jé\"", "[[1], \"a\", {}]", "[{ code = 1 }]",
        ]),
    ) {
        let lines: Vec<&str> = OPEN.lines().collect();
        let keys: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].contains(" = ") && !lines[*i].starts_with(' ')).collect();
        let chosen = keys[at.index(keys.len())];
        let replaced = lines.iter().enumerate().map(|(i, line)| match line.split_once(" = ") {
            Some((key, _)) if i == chosen => format!("{key} = {value}\n"),
            _ => format!("{line}\n"),
        });
        survives(&replaced.collect::<String>());
    }
}

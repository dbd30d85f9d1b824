//! Lines of CSV (RFC 4180) that a spreadsheet reads as text and nothing else.

/// `fields` as a line with its end.
#[must_use]
pub fn line(fields: &[String]) -> String {
    let cells: Vec<_> = fields.iter().map(|field| cell(field)).collect();
    cells.join(",") + "\r\n"
}

/// A spreadsheet takes a cell that begins like a formula for one, and names, addresses and agents come from anybody:
/// an apostrophe makes it text.
fn cell(field: &str) -> String {
    let field = match field.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{field}"),
        _ => field.to_owned(),
    };
    if field.contains(['"', ',', '\r', '\n', '\'', ';']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::{cell, line};

    #[test]
    fn a_cell_is_never_a_formula() {
        for begin in ["=", "+", "-", "@", "\t", "\r"] {
            assert!(cell(&format!("{begin}cmd|' /C calc'!A0")).starts_with("\"'"), "{begin:?}");
        }
    }

    #[test]
    fn quotes_commas_and_lines_stay_in_their_cell() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(line(&["a".to_owned(), "b,c".to_owned()]), "a,\"b,c\"\r\n");
    }
}

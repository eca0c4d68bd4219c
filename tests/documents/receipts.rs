use essaim::documents::receipt;

use super::reading::text;
use super::samples;

#[test]
fn a_receipt_holds_what_the_code_asks() {
    let bytes = receipt(&samples::receipt()).expect("a receipt");
    assert_eq!(bytes, receipt(&samples::receipt()).expect("a receipt"));
    let text = text("receipt", &bytes);
    for expected in ["AMI-ISS-2021-0042", "15 décembre 2021", "04 65 71 00 10", samples::HASH, "9f2c 51d0 b7a8 4e66…"]
    {
        assert!(text.contains(expected), "{expected:?} is missing from {text}");
    }
}

//! Characters that do not show, that turn the others round, or that are far too many.

use super::owned;

/// Each control character on its own, in the middle of a text.
pub fn controls() -> Vec<String> {
    let controls = (0_u32..32).chain(0x7F..0xA0).filter_map(char::from_u32);
    let mut values: Vec<String> = controls.map(|c| format!("avant{c}après¤{:x}", u32::from(c))).collect();
    values.extend(owned(&[
        "\u{0}",
        "\u{0}\u{0}\u{0}\u{0}",
        "\u{0}¤",
        "¤\u{0}",
        "\u{1B}[31m¤\u{1B}[0m",
        "\u{1B}]0;¤\u{7}",
        "\u{8}\u{8}\u{8}¤",
        "\u{7F}",
        "\n",
        "\r\n\r\n",
        "\t\t\t",
        "¤\u{B}¤\u{C}¤",
    ]));
    values
}

/// Right to left, and marks that reverse what follows.
pub fn directions() -> Vec<String> {
    let marks = [
        '\u{200E}', '\u{200F}', '\u{061C}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}',
        '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    let mut values: Vec<String> = marks.iter().map(|mark| format!("a{mark}fdp.exe¤{mark}b")).collect();
    values.extend(owned(&[
        "شكرا جزيلا ¤",
        "עברית ¤ עברית",
        "¤ 12 500 € مرحبا 500 12",
        "\u{202E}\u{202E}\u{202E}¤",
        "\u{2067}¤\u{2066}<b>\u{2069}",
    ]));
    values.push(format!("{}¤", "\u{202E}".repeat(300)));
    values
}

/// Nothing to see, and yet not empty.
pub fn invisible() -> Vec<String> {
    let blanks = [
        '\u{AD}',
        '\u{34F}',
        '\u{115F}',
        '\u{180E}',
        '\u{2000}',
        '\u{200B}',
        '\u{200C}',
        '\u{200D}',
        '\u{2028}',
        '\u{2029}',
        '\u{205F}',
        '\u{2060}',
        '\u{2061}',
        '\u{206F}',
        '\u{2800}',
        '\u{3000}',
        '\u{3164}',
        '\u{FEFF}',
        '\u{FFA0}',
        '\u{FFFC}',
        '\u{FFFD}',
        '\u{FFFE}',
        '\u{FFFF}',
        '\u{E000}',
        '\u{E0001}',
        '\u{E0041}',
        '\u{10FFFF}',
    ];
    let mut values: Vec<String> = blanks.iter().map(ToString::to_string).collect();
    values.extend(blanks.iter().map(|blank| format!("es{blank}saim¤{:x}", u32::from(*blank))));
    values.push(" ".repeat(300));
    values.push("\u{A0}\u{202F}\u{2009}".to_owned());
    values
}

/// Piles of marks, joined pictures, scripts without spaces, and letters that change length with their case.
pub fn scripts() -> Vec<String> {
    let mut values = owned(&[
        "😀¤",
        "👩‍👩‍👧‍👦¤",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿¤",
        "👍🏿👍🏽¤",
        "🇫🇷🇫🇷🇫¤",
        "❤\u{FE0F}\u{20E3}¤",
        "日本語の文章は空白なしで続きます¤",
        "ประเทศไทยไม่มีช่องว่าง¤",
        "한국어 조합 \u{1112}\u{1161}\u{11AB}¤",
        "हिन्दी क्ष त्र ज्ञ¤",
        "བོད་ཡིག¤",
        "Ελληνικά Σίσυφος ς¤",
        "İstanbul ıİiI¤",
        "ẞß straße STRASSE¤",
        "ŉ ǰ ΐ և ﬀ ﬃ ﬆ¤",
        "ﷺ﷽¤",
        "\u{1F82}\u{1FB7}\u{1F80}¤",
        "e\u{301}e\u{300}c\u{327}¤",
        "é\u{301}\u{302}¤",
        "\u{301}¤ commence par un accent",
        "ﬁn de la ﬂotte¤",
        "Ａｐｐｅｌ　à　ｐｒｏｊｅｔｓ¤",
        "аdmin (cyrillique) ¤",
        "раypal.example¤",
        "𝕬𝖕𝖕𝖊𝖑 𝓪̀ 𝖕𝖗𝖔𝖏𝖊𝖙𝖘¤",
        "ꙮ ௵ 𒐫 ꧅¤",
        "𓀀𓁐𓃒¤",
        "🂡♟⚀☠¤",
        "˙ɐnbᴉlɐ ɐuƃɐɯ¤",
        "œuvre Œdipe æquo Ægir L’Haÿ-les-Roses¤",
        "« guillemets » — tiret … ¤",
        "10 ‰ ½ ⅓ № ™ © ℗¤",
        "\u{1F1EB}¤",
        "\u{FE0F}¤",
        "\u{1D165}\u{1D16E}¤",
    ]);
    values.push(format!("a{}¤", "\u{301}".repeat(200)));
    values.push(format!("Z{}¤", "\u{313}\u{325}\u{34B}\u{35B}\u{489}".repeat(60)));
    values.push(format!("{}¤", "ﷺ".repeat(60)));
    values
}

/// From what just overflows a field to what fills one tenth of a form.
pub fn long() -> Vec<String> {
    let mut values: Vec<String> = [65, 129, 201, 256, 301, 1_025, 3_000, 9_000]
        .iter()
        .map(|length| format!("¤{}", "m".repeat(*length)))
        .collect();
    values.push(format!("¤{}", "mot ".repeat(600)));
    values.push(format!("¤{}", "ligne\r\n".repeat(700)));
    values.push(format!("¤{}", "é".repeat(1_200)));
    values.push(format!("¤{}", "𝄞".repeat(700)));
    values.push(format!("¤{}@exemple.example", "m".repeat(300)));
    values.push(format!("¤{}", "<b>".repeat(800)));
    values.push(format!("¤{}", "&".repeat(1_500)));
    // More than what a row of an index holds on PostgreSQL, however well it is compressed.
    values.push(format!("¤{}", (0..2_500).map(|i| format!("{:x}", i * 7919)).collect::<String>()));
    values
}

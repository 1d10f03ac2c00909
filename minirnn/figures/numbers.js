// `tools` of the scripts of live figures: numbers, written as Python writes them, and arrows.
const gttTools = () => {
  /** toFixed or toExponential, but what lies halfway goes to the even digit: 0.125 is 0.12. */
  const even = (write, value, digits) => {
    const text = value[write](digits), rest = value[write](100).split("e")[0].split(".")[1].slice(digits);
    return /^50*$/.test(rest) && /[13579]$/.test(text.replace(/e.*/, "")) ? (value * (1 - 2 ** -52))[write](digits) : text;
  };
  const fixed = (value, digits) => even("toFixed", value, digits);

  /** As Python's format(value, ".<digits>g"), but never with an exponent. */
  const general = (value, digits = 6) => {
    const [mantissa, exponent] = even("toExponential", value, digits - 1).split("e");
    const text = Number(exponent) < -6 ? fixed(value, digits - 1 - exponent) : `${Number(`${mantissa}e${exponent}`)}`;
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  };
  const near = (value) => value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4);
  const plain = (value) => {
    const short = general(value, 2);
    return Math.abs(short) < 100 ? short : fixed(value, 0);
  };
  /** `panels.readable`: 10^{−5} stands for a superscript. */
  const readable = (value, between = "·10^{", after = "}", minus = "−") => {
    if (near(value)) return plain(value);
    const [digits, exponent] = even("toExponential", value, 1).split("e");
    return digits + between + `${Number(exponent)}`.replace("-", minus) + after;
  };
  /** `panels.spoken`. */
  const spoken = (value) => readable(value, " times ten to the ", "", "minus ");

  /** `panels.counted`. */
  const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

  /** `marks.arrow_outline`. */
  const arrow = ([x, y], width) => {
    const length = Math.hypot(x, y) || 1e-12, head = Math.min(5 * width, length), half = 0.4 * head;
    const at = (along, across) => [(along * x - across * y) / length, (along * y + across * x) / length];
    const side = (sign) => [[0, (sign * width) / 2], [length - head, (sign * width) / 2], [length - head, sign * half]];
    return [...side(1).map((p) => at(...p)), [x, y], ...side(-1).reverse().map((p) => at(...p)), at(0, width / 2)];
  };
  return { fixed, general, readable, spoken, counted, arrow };
};

package io.greenroom.figures;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;

/**
 * Writes numbers so that they are read easily: three digits or more, and a space after
 * thousands.
 */
final class Amount {

	private static final Map<String, String> THOUSANDS = Map.of("ns", "µs", "µs", "ms", "B", "kB");

	/**
	 * From here on a value is given in thousands, so that short times stay comparable by
	 * eye.
	 */
	private static final double MANY = 20_000;

	private Amount() {
	}

	/** Returns a value with its unit, or with one a thousand times as large. */
	static String text(double value, String unit) {
		if (Math.abs(value) >= MANY && THOUSANDS.containsKey(unit)) {
			return text(value / 1000, THOUSANDS.get(unit));
		}
		String number = (Math.abs(value) >= 100 || value == Math.rint(value))
				? String.format(Locale.ROOT, "%,.0f", value) : (Math.abs(value) >= 10)
						? String.format(Locale.ROOT, "%.1f", value) : String.format(Locale.ROOT, "%.2f", value);
		return number.replace(',', ' ') + (unit.startsWith("/") ? unit : " " + unit);
	}

	static String ratio(double value) {
		String form = (Math.abs(value) >= 100) ? "%.0f" : (Math.abs(value) >= 10) ? "%.1f" : "%.2f";
		return String.format(Locale.ROOT, form, value);
	}

	/** Returns a limit as somebody would write it. */
	static String plain(double value) {
		return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
	}

	/** Returns what a file of results needs of a number. */
	static String digits(double value) {
		return new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros().toPlainString();
	}

}

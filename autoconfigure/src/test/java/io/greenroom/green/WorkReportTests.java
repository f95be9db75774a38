package io.greenroom.green;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a shutdown tells of work that was left. */
class WorkReportTests {

	@Test
	@DisplayName("D31 what was left is told by handler and method: as many names as the program has, however many keys there are")
	void keysAreNotListed() {
		List<String> left = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			left.add("accounts[k" + i + "].deposit");
		}
		left.add("accounts[a[b].c].deposit (it ran)");
		left.add("stock.take");
		assertThat(new WorkReport(0, 0, left).leftByName()).hasSize(3)
			.containsEntry("accounts.deposit", 1000)
			.containsEntry("accounts.deposit (it ran)", 1)
			.containsEntry("stock.take", 1);
	}

}

package shop;

import io.greenroom.web.RunInPool;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class ReportController {

    @GetMapping("/report")
    @RunInPool(value = "reports")
    public String report() {
        return "a report";
    }

}

package shop;

import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Service;

@Service
public class Printer {

    @ConcurrencyLimit(1)
    public void print(String text) {
        System.out.println(text);
    }

    @ConcurrencyLimit(4)
    public void scan() {
    }

    @Async
    public void clean() {
    }

}

package shop;

import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Service;

@Service
@ConcurrencyLimit(1)
public class Stock {

    private int left = 10;

    public boolean take() {
        if (this.left == 0) {
            return false;
        }
        this.left--;
        return true;
    }

    @Async
    public void count() {
        System.out.println(this.left);
    }

}

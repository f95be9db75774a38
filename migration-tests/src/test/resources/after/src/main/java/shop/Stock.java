package shop;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import org.springframework.stereotype.Service;

@Service
@DeferredHandler
public class Stock {

    private int left = 10;

    public boolean take() {
        if (this.left == 0) {
            return false;
        }
        this.left--;
        return true;
    }

    @Oneway
    public void count() {
        System.out.println(this.left);
    }

}

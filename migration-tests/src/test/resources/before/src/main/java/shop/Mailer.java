package shop;

import io.github.resilience4j.bulkhead.annotation.Bulkhead;
import org.springframework.stereotype.Service;

@Service
public class Mailer {

    @Bulkhead(name = "mail")
    public synchronized void send() {
    }

}

#include "watched_exchange.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "fuzz.hpp"
#include "kept_event.hpp"

namespace callboard::fuzz {
namespace {

/// What a client may be told. A server that nothing is wrong with says neither 500 nor 503.
constexpr int kStatuses[] = {101, 200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 413, 426};

void check_head(const HttpResponse& answer) {
    check(std::find(std::begin(kStatuses), std::end(kStatuses), answer.status) != std::end(kStatuses),
          "the status is one of the API's");
    for (const auto& [name, value] : answer.headers) {
        check(!name.empty() && name.find_first_of("\r\n: ") == std::string::npos, "a header has a name");
        check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
              "a header is one line");
    }
}

void check_answer(const HttpResponse& answer) {
    check_head(answer);
    for (const auto& [name, value] : answer.headers)
        if (equals_ignoring_case(name, "Content-Type") && value.starts_with("application/json") &&
            answer.status != 304)
            check_json(answer.body);
}

/// Takes response_bytes() apart.
HttpResponse response_of(std::string_view bytes) {
    HttpResponse response;
    const std::size_t end = bytes.find("\r\n\r\n");
    check(end != std::string_view::npos && bytes.starts_with("HTTP/1.1 "), "an answer has a head");
    std::from_chars(bytes.data() + 9, bytes.data() + 12, response.status);
    std::string_view head = bytes.substr(0, end);
    for (take_part(head, '\n'); !head.empty();) {
        std::string_view value = take_part(head, '\n');
        const std::string_view name = take_part(value, ':');
        response.headers.emplace_back(name, trimmed(value, " \r"));
    }
    response.body = bytes.substr(end + 4);
    return response;
}

/// Whether the answer may come with the next event, or never. A slash at a path's end counts nothing.
bool may_wait(const HttpRequest& request) {
    return request.path == "/" || request.path == "//" ||
           request.path.find("/events") != std::string_view::npos;
}

class WatchedExchange final : public HttpExchange {
  public:
    WatchedExchange(Exchange exchange, const HttpRequest& request, std::shared_ptr<Answers> answers)
        : exchange_(std::move(exchange)),
          answers_(std::move(answers)),
          open_(may_wait(request) ? &answers_->waiting : &answers_->outstanding) {
        ++*open_;
    }
    ~WatchedExchange() override { settle(); }

    void respond(const HttpResponse& response) override {
        if (gone()) return;
        check_answer(response);
        settle();
        exchange_->respond(response);
    }
    void respond(SharedBytes response) override {
        if (gone()) return;
        check_answer(response_of(*response));
        settle();
        exchange_->respond(std::move(response));
    }
    std::shared_ptr<const Receipt> respond_for_receipt(SharedBytes response) override {
        if (gone()) return nullptr;
        check_answer(response_of(*response));
        settle();
        return exchange_->respond_for_receipt(std::move(response));
    }
    void go_on() override { exchange_->go_on(); }
    void begin_stream(const HttpResponse& head) override {
        check_head(head);
        exchange_->begin_stream(head);
    }
    void begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received) override {
        check(head.status == 101, "another protocol begins with 101");
        check_head(head);
        exchange_->begin_upgrade(head, std::move(received));
    }
    void write(SharedBytes bytes) override { exchange_->write(std::move(bytes)); }
    void end_stream() override {
        settle();
        exchange_->end_stream();
    }
    std::size_t backlog() const override { return exchange_->backlog(); }
    void on_drained(std::function<void()> call) override { exchange_->on_drained(std::move(call)); }
    void on_gone(std::function<void()> call) override { exchange_->on_gone(std::move(call)); }
    bool gone() const override { return exchange_->gone(); }
    void abort() override {
        settle();
        exchange_->abort();
    }
    std::uint64_t& connection_mark() override { return exchange_->connection_mark(); }

  private:
    void settle() {
        if (auto* const count = std::exchange(open_, nullptr)) --*count;
    }

    const Exchange exchange_;
    const std::shared_ptr<Answers> answers_;
    std::size_t* open_;  // of answers_, until it is answered
};

}  // namespace

Exchange watched(Exchange exchange, const HttpRequest& request, std::shared_ptr<Answers> answers) {
    if (request.method == "POST" || request.method == "DELETE") ++answers->changes;
    return std::make_shared<WatchedExchange>(std::move(exchange), request, std::move(answers));
}

}  // namespace callboard::fuzz

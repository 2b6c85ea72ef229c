#include "conversation.hpp"

#include <utility>

namespace callboard::fuzz {

/// Keeps no more than how much was written.
class Conversation::End final : public Stream {
  public:
    explicit End(std::shared_ptr<std::size_t> backlog) : backlog_(std::move(backlog)) {}
    void write(SharedBytes bytes) override {
        *backlog_ += bytes->size();
        written_ += bytes->size();
    }
    std::size_t backlog() const override { return *backlog_; }
    std::uint64_t taken() const override { return written_ - *backlog_; }
    bool acknowledged() const override { return *backlog_ == 0; }
    void read(bool) override {}
    void end_output() override {}

  private:
    const std::shared_ptr<std::size_t> backlog_;
    std::uint64_t written_ = 0;
};

Conversation::Conversation(Reactor& reactor, const HttpServer::Settings& settings, const HttpHandler& handler)
    : reactor_(reactor),
      settings_(settings),
      handler_(handler),
      connection_(std::make_shared<HttpConnection>(*this, "192.0.2.1")) {
    connection_->use(std::make_unique<End>(backlog_));
}

Conversation::~Conversation() { connection_->close(); }

void Conversation::send(std::string_view bytes) {
    if (!closed()) connection_->on_bytes(bytes);
}

void Conversation::take_answers() {
    while (!closed() && std::exchange(*backlog_, 0) > 0) connection_->on_drained();
}

void Conversation::end() {
    if (!closed()) connection_->on_input_end();
    connection_->close();
}

void Conversation::handle(const HttpRequest& request, Exchange exchange) {
    handler_(reactor_, request, std::move(exchange));
}

}  // namespace callboard::fuzz

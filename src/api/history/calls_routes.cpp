#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/history/answers.hpp"
#include "api/history/asking.hpp"
#include "delivery/presented_token.hpp"

namespace callboard {
namespace {

constexpr std::size_t kMostLookedAt = 100'000;  // rows for one page; then a shorter page says where to go on
constexpr std::size_t kPiece = 1'000;           // rows of an export that are in memory at once
constexpr std::chrono::milliseconds kBusy{100};

/// Whose numbers a token that is masked may read; nothing when it is not.
using Shown = std::shared_ptr<const Directory>;

HistoryRow shown(const HistoryRow& row, const Shown& masked_but) {
    return masked_but ? masked(row, Masking(masked_but.get())) : row;
}

HttpResponse refused(const Error& error) {
    return error_answer(error.kind == Error::Kind::denied ? 403 : 400, error.what);
}

HttpResponse page_of(HistoryReader& reader, const HistoryQuery& query, const HistoryPage& page,
                     const Shown& masked_but, const ContactOf& contact_of) {
    std::vector<HistoryRow> rows;
    bool more = false;
    const auto place = reader.read(query, page.before, kMostLookedAt, [&](const HistoryRow& row) {
        if (rows.size() == page.limit) return !(more = true);
        rows.push_back(shown(row, masked_but));
        return true;
    });
    if (!place) return history_unavailable();
    const Time next = more ? rows.back().started : place->value_or(Time{});
    return json_answer(200, page_json(rows, next, contact_of));
}

/// All rows of a query, written piece by piece as the client takes them. Lives as long as one of its calls
/// waits somewhere.
class Export : public std::enable_shared_from_this<Export> {
  public:
    enum class Form { csv, json_lines };

    Export(const Api& api, Reactor& reactor, Exchange exchange, HistoryQuery query, std::string token,
           Shown masked_but, ContactOf contact_of, Form form, bool chunked)
        : api_(api),
          reactor_(reactor),
          exchange_(std::move(exchange)),
          query_(std::move(query)),
          token_(std::move(token)),
          masked_but_(std::move(masked_but)),
          contact_of_(std::move(contact_of)),
          form_(form),
          chunked_(chunked) {}

    void begin() {
        const char* type =
            form_ == Form::csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl";
        const char* name = form_ == Form::csv ? "calls.csv" : "calls.jsonl";
        HttpResponse head{200,
                          {{"Content-Type", type},
                           {"Content-Disposition", std::string("attachment; filename=") + name},
                           {"Cache-Control", "no-store"},
                           {"X-Content-Type-Options", "nosniff"}},
                          {}};
        if (chunked_) head.headers.emplace_back("Transfer-Encoding", "chunked");
        exchange_->begin_stream(head);
        if (form_ == Form::csv) send(csv_head());
        read_on();
    }

  private:
    struct Piece {
        std::string text;
        std::optional<Time> before;
        bool failed = false;
    };

    void read_on() {
        if (exchange_->gone()) return;
        // An export may take long: it ends with its token.
        if (!api_.readers.tokens.find(token_, api_.clock.now())) return exchange_->abort();
        const bool taken =
            api_.history.submit([self = shared_from_this()](const Result<HistoryReader*>& reader) {
                auto piece = std::make_shared<Piece>(self->read(reader));
                self->reactor_.post([self, piece] { self->write(std::move(*piece)); });
            });
        if (!taken && api_.history.stopping()) return exchange_->abort();
        if (!taken) reactor_.after(kBusy, [self = shared_from_this()] { self->read_on(); });
    }

    /// On a thread of the desk.
    Piece read(const Result<HistoryReader*>& reader) const {
        Piece piece;
        std::size_t rows = 0;
        const auto append = [&](const HistoryRow& row) {
            if (form_ == Form::csv)
                append_csv(piece.text, row, api_.readers.hub.zone(), contact_of_(row));
            else
                append_row(piece.text, row, contact_of_(row)), piece.text += '\n';
        };
        const auto take = [&](const HistoryRow& row) {
            masked_but_ ? append(shown(row, masked_but_)) : append(row);
            return ++rows < kPiece;
        };
        if (reader)
            if (const auto next = (*reader)->read(query_, before_, kMostLookedAt, take)) {
                piece.before = *next;
                return piece;
            }
        piece.failed = true;
        return piece;
    }

    /// In chunks (RFC 9112 §7.1), because the last one tells the end from a connection that was cut.
    void send(std::string text) {
        if (chunked_) {
            text.insert(0, fmt::format("{:x}\r\n", text.size()));
            text += "\r\n";
        }
        exchange_->write(std::make_shared<const std::string>(std::move(text)));
    }

    void write(Piece piece) {
        // Cut off without the end of the body, so that nobody takes a part for the whole.
        if (piece.failed) return exchange_->abort();
        if (!piece.text.empty()) send(std::move(piece.text));
        if (!piece.before) {
            if (chunked_) exchange_->write(std::make_shared<const std::string>("0\r\n\r\n"));
            return exchange_->end_stream();
        }
        before_ = *piece.before;
        if (exchange_->backlog() == 0) return read_on();
        exchange_->on_drained([self = shared_from_this()] { self->read_on(); });
    }

    const Api& api_;
    Reactor& reactor_;
    const Exchange exchange_;
    const HistoryQuery query_;
    const std::string token_;
    const Shown masked_but_;
    const ContactOf contact_of_;
    const Form form_;
    const bool chunked_;
    Time before_ = Time::max();
};

void answer_export(const Api& api, Reactor& reactor, const HttpRequest& request, const Exchange& exchange,
                   Export::Form form) {
    const auto grant = granted(api, reactor, request, exchange);
    if (!grant) return;
    const auto directory = api.readers.hub.directory();
    auto query = history_query(request, *grant, history_context(api, *directory));
    if (!query) return exchange->respond(refused(query.error()));
    if (request.method == "HEAD") return exchange->respond(text_answer(200, {}));
    with_contacts_named(api, reactor, exchange, *std::move(query), searched_name(request),
                        [&api, &reactor, exchange, token = presented_token(request), grant = *grant,
                         masked_but = grant->masked ? directory : nullptr, form,
                         chunked = !request.http_1_0](HistoryQuery all) {
                            std::make_shared<Export>(api, reactor, exchange, std::move(all), token,
                                                     masked_but, contacts_for(api, grant), form, chunked)
                                ->begin();
                        });
}

}  // namespace

void answer_calls(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                  const Exchange& exchange) {
    const auto grant = granted(api, reactor, request, exchange);
    if (!grant) return;
    const auto directory = api.readers.hub.directory();
    const auto query = history_query(request, *grant, history_context(api, *directory));
    if (!query) return exchange->respond(refused(query.error()));
    const auto page = history_page(request);
    if (!page) return exchange->respond(error_answer(400, page.error().what));
    with_contacts_named(
        api, reactor, exchange, *query, searched_name(request),
        [&api, &reactor, exchange, page = *page, masked_but = grant->masked ? directory : nullptr,
         contact_of = contacts_for(api, *grant)](HistoryQuery all) {
            answer_from_history(
                api, reactor, exchange,
                [query = std::move(all), page, masked_but, contact_of](HistoryReader& reader) {
                    return page_of(reader, query, page, masked_but, contact_of);
                });
        });
}

void answer_calls_csv(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                      const Exchange& exchange) {
    answer_export(api, reactor, request, exchange, Export::Form::csv);
}

void answer_calls_jsonl(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                        const Exchange& exchange) {
    answer_export(api, reactor, request, exchange, Export::Form::json_lines);
}

}  // namespace callboard

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/history/answers.hpp"
#include "api/history/asking.hpp"
#include "api/inquiry.hpp"
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
                     const Shown& masked_but, const ContactOf& contact_of, const Inquiry& inquiry) {
    std::vector<HistoryRow> rows;
    bool more = false;
    const auto place = reader.read(query, page.before, kMostLookedAt, [&](const HistoryRow& row) {
        if (rows.size() == page.limit) return !(more = true);
        rows.push_back(shown(row, masked_but));
        return true;
    });
    if (!place) return history_unavailable();
    inquiry.read("calls", rows.size());
    const Time next = more ? rows.back().started : place->value_or(Time{});
    return json_answer(200, page_json(rows, next, contact_of));
}

/// All rows of a query, written piece by piece as the client takes them. Lives as long as one of its calls
/// waits somewhere.
class Export : public std::enable_shared_from_this<Export> {
  public:
    enum class Form { csv, json_lines };

    Export(const Api& api, Reactor& reactor, Exchange exchange, HistoryQuery query, std::string token,
           Shown masked_but, ContactOf contact_of, Form form, bool chunked, Inquiry inquiry)
        : api_(api),
          reactor_(reactor),
          exchange_(std::move(exchange)),
          query_(std::move(query)),
          token_(std::move(token)),
          masked_but_(std::move(masked_but)),
          contact_of_(std::move(contact_of)),
          form_(form),
          chunked_(chunked),
          inquiry_(std::move(inquiry)) {}
    ~Export() {
        if (begun_ && !whole_) note();
    }
    Export(const Export&) = delete;
    Export& operator=(const Export&) = delete;

    /// Counts first, so that whoever waits knows how long.
    void begin() {
        const bool taken =
            api_.history.submit([self = shared_from_this()](const Result<HistoryReader*>& reader) {
                const auto rows =
                    reader ? (*reader)->count(self->query_) : Result<std::uint64_t>(reader.error());
                self->reactor_.post(
                    [self, rows = rows ? std::optional(*rows) : std::nullopt] { self->begin_with(rows); });
            });
        if (!taken) exchange_->respond(history_unavailable());
    }

  private:
    struct Piece {
        std::string text;
        std::optional<Time> before;
        std::size_t rows = 0;
        bool failed = false;
    };

    /// `rows`: that will come; nothing when that cannot be told.
    void begin_with(const std::optional<std::uint64_t>& rows) {
        if (exchange_->gone()) return;
        const char* type =
            form_ == Form::csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl";
        const char* name = form_ == Form::csv ? "calls.csv" : "calls.jsonl";
        HttpResponse head{200,
                          {{"Content-Type", type},
                           {"Content-Disposition", std::string("attachment; filename=") + name},
                           {"Cache-Control", "no-store"},
                           {"X-Content-Type-Options", "nosniff"}},
                          {}};
        if (rows) head.headers.emplace_back("Callboard-Rows", std::to_string(*rows));
        if (chunked_) head.headers.emplace_back("Transfer-Encoding", "chunked");
        begun_ = true;
        exchange_->begin_stream(head);
        if (form_ == Form::csv) send(csv_head());
        read_on();
    }

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
        const auto append = [&](const HistoryRow& row) {
            if (form_ == Form::csv)
                append_csv(piece.text, row, api_.readers.hub.zone(), contact_of_(row));
            else
                append_row(piece.text, row, contact_of_(row)), piece.text += '\n';
        };
        const auto take = [&](const HistoryRow& row) {
            masked_but_ ? append(shown(row, masked_but_)) : append(row);
            return ++piece.rows < kPiece;
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
        written_ += piece.rows;
        if (!piece.before) {
            // Before the end is written: whoever has all of it is known by then.
            whole_ = true;
            note();
            if (chunked_) exchange_->write(std::make_shared<const std::string>("0\r\n\r\n"));
            return exchange_->end_stream();
        }
        before_ = *piece.before;
        if (exchange_->backlog() == 0) return read_on();
        exchange_->on_drained([self = shared_from_this()] { self->read_on(); });
    }

    void note() const { inquiry_.exported(form_ == Form::csv ? "csv" : "jsonl", written_, whole_); }

    const Api& api_;
    Reactor& reactor_;
    const Exchange exchange_;
    const HistoryQuery query_;
    const std::string token_;
    const Shown masked_but_;
    const ContactOf contact_of_;
    const Form form_;
    const bool chunked_;
    const Inquiry inquiry_;
    bool begun_ = false;         // the answer, and so the client may have some of it
    std::uint64_t written_ = 0;  // rows
    bool whole_ = false;         // that was the end
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
                         masked_but = grant->masked ? directory : nullptr, form, chunked = !request.http_1_0,
                         inquiry = Inquiry(api, request, *grant)](HistoryQuery all) mutable {
                            inquiry.means(all);
                            std::make_shared<Export>(api, reactor, exchange, std::move(all), token,
                                                     masked_but, contacts_for(api, grant), form, chunked,
                                                     inquiry)
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
         contact_of = contacts_for(api, *grant),
         inquiry = Inquiry(api, request, *grant)](HistoryQuery all) mutable {
            inquiry.means(all);
            answer_from_history(
                api, reactor, exchange,
                [query = std::move(all), page, masked_but, contact_of, inquiry](HistoryReader& reader) {
                    return page_of(reader, query, page, masked_but, contact_of, inquiry);
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

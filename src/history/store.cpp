#include "history/store.hpp"

namespace callboard {

Result<std::uint64_t> rewrite_rows(HistoryWriter& writer, std::string_view number,
                                   const std::function<void(HistoryRow&)>& change,
                                   const std::function<Result<std::vector<HistoryRow>>()>& some) {
    const auto where = writer.place();
    if (!where) return where.error();
    for (std::uint64_t changed = 0;;) {
        auto rows = some();
        if (!rows) return rows.error();
        if (rows->empty()) return changed;
        for (HistoryRow& row : *rows) {
            change(row);
            for (std::string* party : {&row.calling, &row.called, &row.dialed})
                if (*party == number) party->clear();  // or it would be found for ever
        }
        if (auto written = writer.write(*rows, *where); !written) return written.error();
        changed += rows->size();
    }
}

Result<std::uint64_t> count_by_reading(HistoryReader& reader, const HistoryQuery& query) {
    constexpr std::size_t kLookedAtOnce = 20'000;
    std::uint64_t rows = 0;
    std::optional<Time> before = Time::max();
    while (before) {
        const auto next = reader.read(query, *before, kLookedAtOnce, [&rows](const HistoryRow&) {
            ++rows;
            return true;
        });
        if (!next) return next.error();
        before = *next;
    }
    return rows;
}

}  // namespace callboard

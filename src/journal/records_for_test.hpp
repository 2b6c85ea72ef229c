#pragma once

#include <string>
#include <vector>

#include "event/event.hpp"

namespace callboard::test {

/// The `number`-th event of a made-up exchange, one second after the one before.
inline Record record(std::uint64_t number, std::size_t data_size = 0) {
    Record record;
    record.timestamp =
        time_from_nanoseconds(1'780'000'000'000'000'000 + static_cast<std::int64_t>(number) * 1'000'000'000);
    record.protocol = number % 7 == 0 ? Protocol::queues : Protocol::sip;
    record.native = number % 5 == 0;
    record.name = number % 2 == 0 ? "start_ringing" : "end_ringing";
    record.account = "ba-demo";
    record.ressource = "003397200000" + std::to_string(number % 3);
    record.data =
        R"({"CallId":")" + std::to_string(number) + R"(","Body":")" + std::string(data_size, 'x') + R"("})";
    record.details = R"({"Description":"line )" + std::to_string(number % 3) + R"("})";
    return record;
}

/// `count` of them, from the `first`-th.
inline std::vector<Record> records(std::uint64_t first, std::size_t count, std::size_t data_size = 0) {
    std::vector<Record> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(record(first + i, data_size));
    return made;
}

}  // namespace callboard::test

#include "contacts/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Fields = std::vector<std::string>;

std::vector<CsvRow> read(std::string_view text, std::size_t slice = std::string_view::npos) {
    std::vector<CsvRow> rows;
    CsvReader reader([&rows](CsvRow&& row) { rows.push_back(std::move(row)); });
    for (; !text.empty(); text.remove_prefix(std::min(slice, text.size())))
        reader.feed(text.substr(0, slice));
    reader.finish();
    return rows;
}

std::vector<Fields> fields(std::string_view text) {
    std::vector<Fields> all;
    for (auto& row : read(text)) {
        EXPECT_EQ(row.broken, "") << text;
        all.push_back(std::move(row.fields));
    }
    return all;
}

TEST(CsvReader, ReadsWhatProgramsWrite) {
    const auto wanted = ElementsAre(Fields{"number", "name"}, Fields{"1", "a, b"}, Fields{"2", "say \"hi\""});
    EXPECT_THAT(fields("number,name\r\n1,\"a, b\"\r\n2,\"say \"\"hi\"\"\"\r\n"), wanted);
    EXPECT_THAT(fields("number,name\n1,\"a, b\"\n2,\"say \"\"hi\"\"\""), wanted) << "no line end at the end";
    EXPECT_THAT(fields("number,name\r1,\"a, b\"\r2,\"say \"\"hi\"\"\"\r"), wanted) << "old line ends";
    EXPECT_THAT(fields("\xEF\xBB\xBFnumber;name\n1;a, b\n2;\"say \"\"hi\"\"\"\n"), wanted)
        << "a spreadsheet's";
    EXPECT_THAT(fields("\xEF\xBB\xBF\"number\",\"name\"\n1,\"a, b\"\n\n2,\"say \"\"hi\"\"\"\n"), wanted);
}

TEST(CsvReader, EmptyFieldsAreFields) {
    EXPECT_THAT(fields(""), IsEmpty());
    EXPECT_THAT(fields("\n\r\n\r"), IsEmpty());
    EXPECT_THAT(fields(",\n\"\"\na,\n"), ElementsAre(Fields{"", ""}, Fields{""}, Fields{"a", ""}));
    EXPECT_THAT(fields("a\"b,5\" pipe\n"), ElementsAre(Fields{"a\"b", "5\" pipe"}))
        << "a quote inside is one";
}

TEST(CsvReader, RowsKnowTheirLine) {
    const auto rows = read("a,b\r\n\r\n\"two\r\nlines\",c\nd,e\rf,g");
    ASSERT_THAT(rows, SizeIs(4));
    EXPECT_EQ(rows[1].fields, (Fields{"two\r\nlines", "c"}));
    EXPECT_THAT((std::vector{rows[0].line, rows[1].line, rows[2].line, rows[3].line}),
                ElementsAre(1, 3, 5, 6));
}

TEST(CsvReader, BrokenRowsAreSaidAndTheRestIsRead) {
    const auto rows = read("a,b\n\"x\"y,b\nc;d,e\n\"open,b\nf,g\n");
    ASSERT_THAT(rows, SizeIs(4));
    EXPECT_EQ(rows[1].broken, "text follows a closing quote");
    EXPECT_EQ(rows[2].fields, (Fields{"c;d", "e"})) << "the first line says what separates";
    EXPECT_EQ(rows[3].broken, "a quote is not closed");
    EXPECT_EQ(rows[3].line, 4U);
    EXPECT_EQ(read("a,b\n\"c\";d,e\n")[1].broken, "text follows a closing quote");
}

TEST(CsvReader, AQuoteThatNobodyClosesTakesNoMoreThanABound) {
    const auto rows = read("a,b\n\"open" + std::string(CsvReader::kMostBytes, 'x') + "\nc,d\n");
    ASSERT_THAT(rows, SizeIs(3));
    EXPECT_EQ(rows[1].broken, "a quote is not closed");
    EXPECT_LE(rows[1].fields.front().size(), CsvReader::kMostBytes);
    EXPECT_EQ(rows[2].fields, (Fields{"c", "d"}));
    EXPECT_EQ(rows[2].line, 3U);
}

TEST(CsvReader, ALongRowIsBounded) {
    for (const char c : {'x', ','}) {
        const auto rows = read("a,b\n" + std::string(3 * CsvReader::kMostBytes, c) + "\nc,d\n");
        ASSERT_THAT(rows, SizeIs(3));
        EXPECT_EQ(rows[1].broken, "the row is too long");
        EXPECT_LE(rows[1].fields.size(), CsvReader::kMostBytes + 1);
        EXPECT_EQ(rows[2].fields, (Fields{"c", "d"}));
    }
}

rc::Gen<std::string> a_field() {
    return rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{3, rc::gen::element(',', ';', '"', '\r', '\n', '\xEF', '\xBB', '\xBF')},
         {2, rc::gen::inRange('a', 'f')}}));
}

TEST(CsvReader, ReadsBackWhateverIsWrittenInAnySlices) {
    const bool held = rc::check([] {
        const auto row = rc::gen::nonEmpty(rc::gen::container<Fields>(a_field()));
        const auto written = *rc::gen::container<std::vector<Fields>>(row);
        std::string text;
        for (const Fields& one : written) append_csv_row(text, {one.begin(), one.end()});
        std::vector<Fields> back;
        for (auto& one : read(text, *rc::gen::inRange<std::size_t>(1, 9))) {
            RC_ASSERT(one.broken.empty());
            back.push_back(std::move(one.fields));
        }
        RC_ASSERT(back == written);
    });
    EXPECT_TRUE(held);
}

TEST(CsvReader, SlicesMakeNoDifferenceToAnyBytes) {
    const bool held = rc::check([](const std::string& noise) {
        const std::string text = noise + *a_field() + "\n" + *a_field();
        const auto shape = [](const std::vector<CsvRow>& rows) {
            std::vector<std::tuple<std::size_t, Fields, std::string>> all;
            all.reserve(rows.size());
            for (const auto& row : rows) all.emplace_back(row.line, row.fields, row.broken);
            return all;
        };
        RC_ASSERT(shape(read(text)) == shape(read(text, *rc::gen::inRange<std::size_t>(1, 9))));
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace callboard

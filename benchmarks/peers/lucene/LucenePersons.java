// Persons in one Lucene index, as one shard of OpenSearch holds them; run by benchmarks/search_lucene.py, which says
// what rows, questions and answers look like.
//
//   java -cp JARS LucenePersons.java index VARIANT ROWS INDEX [SETTING=VALUE ...]
//   java -cp JARS LucenePersons.java ask VARIANT INDEX WARMING QUESTIONS ANSWERS [SETTING=VALUE ...]
//   java -cp JARS LucenePersons.java keys INDEX
//
// Texts are found by match queries as OpenSearch builds them: fuzziness AUTO is an edit for words of 3 to 5 letters and
// two for longer ones, expanded to the nearest terms; station and year are filters that are not scored.

import com.ibm.icu.text.Transliterator;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.codec.language.bm.NameType;
import org.apache.commons.codec.language.bm.PhoneticEngine;
import org.apache.commons.codec.language.bm.RuleType;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.icu.ICUNormalizer2Filter;
import org.apache.lucene.analysis.icu.ICUTransformFilter;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.phonetic.BeiderMorseFilter;
import org.apache.lucene.analysis.phonetic.DoubleMetaphoneFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SynonymQuery;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.Weight;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

public class LucenePersons {
  static final int SHOWN = 10;
  // Columns of a row, and of a question.
  static final int RECORD = 0, LINE = 1, STATION = 2, YEAR = 3, NAME = 4, ROMAN = 5, KIN = 6, KIN_ROMAN = 7, KEPT = 8, TOKENS = 9;
  static final int ASKED = 0, ASKED_ROMAN = 1, ASKED_KIN = 2, ASKED_KIN_ROMAN = 3, ASKED_STATION = 4, ASKED_YEAR = 5;

  // One way of indexing a name: by the name as written or in Latin letters, and asked fuzzily or by the very term.
  record Way(String field, boolean ofRoman, boolean asksRoman, boolean isFuzzy, Analyzer analyzer, float weight) {}

  static final Map<String, String> settings = new LinkedHashMap<>();

  static double number(String name, double otherwise) {
    return settings.containsKey(name) ? Double.parseDouble(settings.get(name)) : otherwise;
  }

  public static void main(String[] all) throws IOException {
    List<String> args = new ArrayList<>();
    for (String one : all) {
      int at = one.indexOf('=');
      if (at > 0 && !one.contains("/")) settings.put(one.substring(0, at), one.substring(at + 1));
      else args.add(one);
    }
    switch (args.get(0)) {
      case "index" -> index(args.get(1), Path.of(args.get(2)), Path.of(args.get(3)));
      case "ask" -> ask(args.get(1), Path.of(args.get(2)), Path.of(args.get(3)), Path.of(args.get(4)), Path.of(args.get(5)));
      case "keys" -> keys(Path.of(args.get(1)));
      default -> throw new IllegalArgumentException(args.get(0));
    }
  }

  static List<Way> ways(String variant) {
    Analyzer plain = chain(false, false), latin = chain(true, false);
    float own = (float) number("own", 1), other = (float) number("other", 1), sound = (float) number("sound", 1);
    Way written = new Way("name", false, false, true, plain, own);
    return switch (variant) {
      case "fuzzy" -> List.of(written, new Way("roman", true, false, true, plain, other));
      case "icu" -> List.of(written, new Way("latin", false, false, true, latin, other));
      case "phonetic" -> List.of(
          written, new Way("latin", false, false, true, latin, other),
          new Way("code", false, false, false, chain(true, true), sound));
      case "romaniser" -> List.of(
          written, new Way("roman", true, true, true, plain, other),
          new Way("code", true, true, false, chain(false, true), sound));
      case "keys" -> List.of();
      default -> throw new IllegalArgumentException(variant);
    };
  }

  // analysis-icu's any-Latin without accents, case folded, and analysis-phonetic behind it.
  static Analyzer chain(boolean toLatin, boolean bySound) {
    Transliterator anyLatin = toLatin ? Transliterator.getInstance("Any-Latin; NFD; [:Nonspacing Mark:] Remove; NFC") : null;
    PhoneticEngine engine = new PhoneticEngine(NameType.GENERIC, RuleType.APPROX, true);
    // The inherent vowel at a word's end is written by any-Latin and by nobody else.
    Pattern last = Pattern.compile("(?<=...)a$");
    return new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        Tokenizer source = new StandardTokenizer();
        TokenStream made = source;
        if (toLatin) made = new ICUTransformFilter(made, anyLatin);
        made = new ICUNormalizer2Filter(made);
        if (toLatin && number("schwa", 1) > 0) made = new PatternReplaceFilter(made, last, "", false);
        if (bySound && "bm".equals(settings.get("code"))) made = new BeiderMorseFilter(made, engine);
        else if (bySound) made = new DoubleMetaphoneFilter(made, (int) number("codelen", 6), false);
        return new TokenStreamComponents(source, made);
      }
    };
  }

  static void index(String variant, Path rows, Path folder) throws IOException {
    List<Way> ways = ways(variant);
    Map<String, Analyzer> byField = new LinkedHashMap<>();
    for (Way way : ways) for (String kind : List.of("", "kin_")) byField.put(kind + way.field, way.analyzer);
    IndexWriterConfig config = new IndexWriterConfig(new PerFieldAnalyzerWrapper(chain(false, false), byField));
    config.setRAMBufferSizeMB(256).setMergeScheduler(new SerialMergeScheduler()).setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    long began = System.nanoTime(), worked = cpu();
    int count = 0;
    try (FSDirectory directory = FSDirectory.open(folder); IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader reader = Files.newBufferedReader(rows)) {
      for (String line; (line = reader.readLine()) != null; count++) writer.addDocument(document(line.split("\t", -1), ways));
      writer.forceMerge(1);
      writer.commit();
    }
    long bytes = 0;
    try (var files = Files.list(folder)) {
      for (Path one : (Iterable<Path>) files::iterator) bytes += Files.size(one);
    }
    System.out.println(count + "\t" + (System.nanoTime() - began) + "\t" + (cpu() - worked) + "\t" + bytes);
  }

  static Document document(String[] row, List<Way> ways) {
    Document made = new Document();
    if (ways.isEmpty()) {
      for (String token : row[TOKENS].split(" ")) made.add(new StringField("token", token, Field.Store.NO));
      made.add(new BinaryDocValuesField("row", new BytesRef(String.join("\t", row[RECORD], row[LINE], row[KEPT]).replace('\u0001', '\t'))));
      return made;
    }
    for (Way way : ways) {
      made.add(new TextField(way.field, row[way.ofRoman ? ROMAN : NAME], Field.Store.NO));
      made.add(new TextField("kin_" + way.field, row[way.ofRoman ? KIN_ROMAN : KIN], Field.Store.NO));
    }
    made.add(new StringField("station", row[STATION], Field.Store.NO));
    made.add(new StringField("year", row[YEAR], Field.Store.NO));
    made.add(new StoredField("id", row[RECORD] + "/" + row[LINE]));
    return made;
  }

  static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  static void ask(String variant, Path folder, Path warming, Path questions, Path answers) throws IOException {
    List<Way> ways = ways(variant);
    try (FSDirectory directory = FSDirectory.open(folder); DirectoryReader reader = DirectoryReader.open(directory);
        PrintWriter out = new PrintWriter(Files.newBufferedWriter(answers))) {
      IndexSearcher searcher = new IndexSearcher(reader);
      for (String line : Files.readAllLines(warming)) found(searcher, ways, line.split("\t", -1));
      for (String line : Files.readAllLines(questions)) {
        long began = System.nanoTime(), worked = cpu();
        List<String> ids = found(searcher, ways, line.split("\t", -1));
        out.println((System.nanoTime() - began) + "\t" + (cpu() - worked) + "\t" + String.join(",", ids));
      }
    }
  }

  static List<String> found(IndexSearcher searcher, List<Way> ways, String[] question) throws IOException {
    BooleanQuery.Builder whole = new BooleanQuery.Builder();
    whole.add(name(ways, "", question[ASKED], question[ASKED_ROMAN]), Occur.MUST);
    if (!question[ASKED_KIN].isEmpty()) {
      Query kin = name(ways, "kin_", question[ASKED_KIN], question[ASKED_KIN_ROMAN]);
      whole.add(kin, number("kinmust", 0) > 0 ? Occur.MUST : Occur.SHOULD);
    }
    if (!question[ASKED_STATION].isEmpty()) whole.add(new TermQuery(new Term("station", question[ASKED_STATION])), Occur.FILTER);
    if (!question[ASKED_YEAR].isEmpty()) whole.add(new TermQuery(new Term("year", question[ASKED_YEAR])), Occur.FILTER);
    // How many there are in all is not counted: track_total_hits is off.
    TopDocs hits = searcher.search(whole.build(), new TopScoreDocCollectorManager(SHOWN, null, SHOWN, false));
    List<String> ids = new ArrayList<>();
    for (ScoreDoc hit : hits.scoreDocs) ids.add(searcher.storedFields().document(hit.doc).get("id"));
    return ids;
  }

  // A multi_match over the ways: best_fields (with a tie breaker, if set), or most_fields.
  static Query name(List<Way> ways, String kind, String text, String roman) throws IOException {
    List<Query> made = new ArrayList<>();
    for (Way way : ways) {
      Query one = match(way, kind + way.field, way.asksRoman ? roman : text);
      made.add(way.weight == 1 ? one : new BoostQuery(one, way.weight));
    }
    if ("most".equals(settings.get("mode"))) {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (Query one : made) all.add(one, Occur.SHOULD);
      return all.build();
    }
    return new DisjunctionMaxQuery(made, (float) number("tie", 0));
  }

  static Query match(Way way, String field, String text) throws IOException {
    List<List<String>> places = new ArrayList<>();
    try (TokenStream stream = way.analyzer.tokenStream(field, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      PositionIncrementAttribute step = stream.addAttribute(PositionIncrementAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        if (step.getPositionIncrement() > 0 || places.isEmpty()) places.add(new ArrayList<>());
        places.get(places.size() - 1).add(term.toString());
      }
      stream.end();
    }
    BooleanQuery.Builder made = new BooleanQuery.Builder();
    for (List<String> terms : places) made.add(way.isFuzzy ? fuzzy(field, terms.get(0)) : any(field, terms), Occur.SHOULD);
    // minimum_should_match: so many words may be missing.
    int may = (int) number("missing", 9);
    return made.setMinimumNumberShouldMatch(Math.max(Math.min(1, places.size()), places.size() - may)).build();
  }

  static Query fuzzy(String field, String word) {
    int letters = word.codePointCount(0, word.length()), edits = letters < 3 ? 0 : letters < 6 ? 1 : 2;
    Term term = new Term(field, word);
    if (edits == 0) return new TermQuery(term);
    return new FuzzyQuery(term, edits, (int) number("prefix", 0), (int) number("expansions", 50), true);
  }

  static Query any(String field, List<String> terms) {
    SynonymQuery.Builder made = new SynonymQuery.Builder(field);
    for (String term : terms.stream().distinct().toList()) made.addTerm(new Term(field, term));
    return made.build();
  }

  // Rows that have a key of each set of one of the terms; a line is MOST, a tab, and terms "set&set|set&set" of keys
  // parted by commas. The answer is a line with how many, the nanoseconds and those of the processor, then the rows.
  static void keys(Path folder) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    BufferedWriter out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 16);
    try (FSDirectory directory = FSDirectory.open(folder); DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      for (String line; (line = in.readLine()) != null; ) {
        long began = System.nanoTime(), worked = cpu();
        String[] parts = line.split("\t", -1);
        List<String> rows = rows(searcher, terms(parts[1]), Integer.parseInt(parts[0]));
        StringBuilder made = new StringBuilder();
        for (String row : rows) made.append(row).append('\n');
        out.write(rows.size() + "\t" + (System.nanoTime() - began) + "\t" + (cpu() - worked) + "\n");
        out.write(made.toString());
        out.flush();
      }
    }
  }

  static Query terms(String text) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String term : text.split("\\|")) {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (String set : term.split("&")) {
        List<BytesRef> tokens = new ArrayList<>();
        for (String token : set.split(",")) tokens.add(new BytesRef(token));
        all.add(new TermInSetQuery("token", tokens), Occur.FILTER);
      }
      any.add(all.build(), Occur.SHOULD);
    }
    return any.build();
  }

  static List<String> rows(IndexSearcher searcher, Query query, int most) throws IOException {
    List<String> rows = new ArrayList<>();
    Weight weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      Scorer scorer = weight.scorer(leaf);
      if (scorer == null) continue;
      BinaryDocValues values = leaf.reader().getBinaryDocValues("row");
      var found = scorer.iterator();
      for (int doc; rows.size() < most && (doc = found.nextDoc()) != Integer.MAX_VALUE; ) {
        if (values.advanceExact(doc)) rows.add(values.binaryValue().utf8ToString());
      }
    }
    return rows;
  }
}

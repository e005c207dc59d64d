;; Runs cells of Clojure; kernel.py says how the two speak.
(ns jupyter
  (:require [clojure.repl :as repl] [clojure.string :as string])
  (:import (java.io BufferedInputStream FileInputStream FileOutputStream PrintStream Reader StringReader)
           (clojure.lang LineNumberingPushbackReader)
           (sun.misc Signal SignalHandler)))

(def requests (BufferedInputStream. (FileInputStream. ^String (first *command-line-args*))))
(def replies (FileOutputStream. ^String (second *command-line-args*)))
(def mark "\u001e\u0004\u001e")

(defn reply
  ([kind text] (reply kind text "-"))
  ([kind text argument]
   (let [data (.getBytes (str text) "UTF-8")]
     (.write replies (.getBytes (str kind " " argument " " (count data) "\n") "UTF-8"))
     (.write replies data)
     (.flush replies))))

(defn request []
  (let [line (loop [found []]
               (let [each (.read requests)]
                 (cond (neg? each) (.halt (Runtime/getRuntime) 0)
                       (= each 10) (apply str (map char found))
                       :else (recur (conj found each)))))
        [kind _ length] (string/split line #" ")]
    [kind (String. (.readNBytes requests (parse-long length)) "UTF-8")]))

(defn done []
  (flush)
  (.flush ^java.io.Writer *err*)
  (doseq [^PrintStream output [System/out System/err]]
    (.print output mark)
    (.flush output))
  (reply "done" ""))

;; The user's words are standard input.
(def input
  (let [held (atom "")]
    (proxy [Reader] []
      (read
        ([] (let [one (char-array 1)] (if (neg? (.read ^Reader this one 0 1)) -1 (int (aget one 0)))))
        ([target start size]
         (when (empty? @held)
           (flush)
           (reply "ask" "")
           (reset! held (second (request))))
         (if (empty? @held)
           -1
           (let [size (min size (count @held))]
             (.getChars ^String @held 0 size target start)
             (swap! held subs size)
             size))))
      (close []))))

(def busy (atom nil))

(defn display
  "What Jupyter shows instead of text."
  ([data] (display data "text/html"))
  ([data type] (reply "display" data type) nil))

(defn execute [code]
  (reset! busy (Thread/currentThread))
  (try
    (binding [*source-path* "cell"]
      (let [reader (LineNumberingPushbackReader. (StringReader. code))]
        (loop [result nil]
          (let [form (read {:eof reader :read-cond :allow} reader)]
            (if (identical? form reader)
              (when (some? result) (reply "result" (pr-str result)))
              (recur (eval form)))))))
    (catch Throwable wrong
      (let [cause (repl/root-cause wrong)]
        (reply "error" (str (.getName (class cause)) "\n" (.getMessage cause)))
        (reply "trace" (string/join "\n" (map repl/stack-element-str
                                              (take-while #(not (string/starts-with? (.getClassName ^StackTraceElement %) "jupyter$"))
                                                          (.getStackTrace cause)))))))
    (finally (reset! busy nil) (Thread/interrupted))))

(defn check [code]
  (try
    (let [reader (LineNumberingPushbackReader. (StringReader. code))]
      (loop []
        (if (identical? (read {:eof reader :read-cond :allow} reader) reader) "complete" (recur))))
    (catch Exception wrong
      (if (string/includes? (str (ex-message wrong) (ex-message (repl/root-cause wrong))) "EOF while reading") "incomplete" "invalid"))))

(defn matches [word]
  (let [[space _] (if (string/includes? word "/") (string/split word #"/") [nil])
        names (if space
                (map #(str space "/" %) (keys (ns-publics (or (get (ns-aliases *ns*) (symbol space)) (symbol space)))))
                (concat (map str (keys (ns-map *ns*))) (map str (all-ns))))]
    (filter #(string/starts-with? % word) names)))

(defn inspect [word]
  (let [found (ns-resolve *ns* (symbol word))]
    (cond (var? found) (let [{:keys [arglists doc]} (meta found)]
                         (str found "\n" (or arglists (pr-str @found)) "\n" doc))
          (class? found) (str found)
          :else "")))

(defn guarded [function word otherwise]
  (try (function word) (catch Exception _ otherwise)))

;; A thread that waits is woken; one that computes has to be stopped.
(Signal/handle (Signal. "INT")
               (reify SignalHandler
                 (handle [_ _]
                   (when-let [^Thread thread @busy] (.interrupt thread)))))

(reply "version" (clojure-version))
(binding [*in* (LineNumberingPushbackReader. input) *ns* (create-ns 'user) *e nil]
  (clojure.core/refer-clojure)
  (intern 'user 'display display)
  (done)
  (loop []
    (let [[kind text] (request)]
      (case kind
        "execute" (execute text)
        "check" (reply "status" (check text))
        "complete" (reply "match" (string/join "\n" (guarded matches text [])))
        "inspect" (reply "text" (guarded inspect text "")))
      (done)
      (recur))))
